"""HTTP verbs of trees."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Tx, driver_connection
from dotmac_core_ops.http import Envelope, dump_json, etag_of, raw_json, require_match
from dotmac_core_ops.principal import Principal, ScopeNotSupportedError
from dotmac_customers.hierarchy.repository import above, branch_of, totals_of
from dotmac_customers.hierarchy.schemas import BranchOut, ParentIn
from dotmac_customers.hierarchy.service import HierarchyService
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.errors import CustomerNotFoundError, ParentNotFoundError
from dotmac_customers.profiles.repository import document_of
from dotmac_customers.profiles.schemas import CustomerOut
from dotmac_customers.scoping.service import holds_for, part_of

router = APIRouter(prefix="/customers", tags=["Customers"])

READ, WRITE = "customers:read", "customers:write"
Reader = Annotated[Principal, Depends(CustomerRequirement(READ))]
Writer = Annotated[Principal, Depends(CustomerRequirement(WRITE))]


@router.get(
    "/{customer_id}/branch", response_model=Envelope[BranchOut], summary="Read a customer's branch"
)
async def read_branch(customer_id: UUID, tx: Tx, principal: Reader) -> Response:
    """The customer, all that stands above it and below it, and what that amounts to.

    Who may read a part of the customers only is shown those of the branch who are within it.
    """
    part = await part_of(tx, principal, READ)
    connection = await driver_connection(tx)
    totals = await totals_of(connection, customer_id, part)
    if not totals["customers"]:
        raise CustomerNotFoundError(customer_id)
    answer = {
        "above": [dict(row) for row in await above(connection, customer_id, part)],
        "totals": dict(totals),
        "branch": orjson.Fragment(await branch_of(connection, customer_id, part)),
    }
    return raw_json(dump_json({"data": answer, "meta": {}}))


@router.put(
    "/{customer_id}/parent",
    response_model=Envelope[CustomerOut],
    summary="Put a customer somewhere else in its tree",
)
async def place_customer(
    customer_id: UUID, body: ParentIn, tx: Tx, request: Request, principal: Writer
) -> Response:
    """Put a customer below another, or at the top; all that stands below it comes along.

    Needs `If-Match`. Who may write a part of the customers only does so within it.
    """
    await _require_place(tx, principal, body.parent_id)
    await HierarchyService(tx).move(
        customer_id,
        body.parent_id,
        level=body.level,
        parent_pays=body.parent_pays,
        check=partial(require_match, request),
    )
    found = await document_of(await driver_connection(tx), customer_id)
    assert found is not None  # it was moved just now
    document, version = found
    return raw_json(f'{{"data":{document},"meta":{{}}}}'.encode(), etag=etag_of(version))


async def _require_place(tx: AsyncSession, principal: Principal, parent_id: UUID | None) -> None:
    # At the top a customer may be out of the part that whoever moves it is confined to.
    if parent_id is None:
        if not principal.allows(WRITE):
            raise ScopeNotSupportedError(WRITE)
    elif not await holds_for(tx, principal, WRITE, parent_id):
        raise ParentNotFoundError(parent_id)
