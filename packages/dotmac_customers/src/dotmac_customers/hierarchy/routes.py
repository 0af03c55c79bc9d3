"""HTTP verbs of trees."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request, Response

from dotmac_core_ops.database import Db, Tx, driver_connection
from dotmac_core_ops.http import Envelope, dump_json, etag_of, raw_json, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.hierarchy.repository import above, branch_of, totals_of
from dotmac_customers.hierarchy.schemas import BranchOut, ParentIn
from dotmac_customers.hierarchy.service import HierarchyService
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.repository import document_of
from dotmac_customers.profiles.schemas import CustomerOut

router = APIRouter(prefix="/customers", tags=["Customers"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
Writer = Annotated[Principal, Depends(requires("customers:write"))]


@router.get(
    "/{customer_id}/branch", response_model=Envelope[BranchOut], summary="Read a customer's branch"
)
async def read_branch(customer_id: UUID, principal: Reader, database: Db) -> Response:
    """The customer, all that stands above it and below it, and what that amounts to."""
    async with database.read(principal.tenant_id) as connection:
        totals = await totals_of(connection, customer_id)
        if not totals["customers"]:
            raise CustomerNotFoundError(customer_id)
        answer = {
            "above": [dict(row) for row in await above(connection, customer_id)],
            "totals": dict(totals),
            "branch": orjson.Fragment(await branch_of(connection, customer_id)),
        }
    return raw_json(dump_json({"data": answer, "meta": {}}))


@router.put(
    "/{customer_id}/parent",
    response_model=Envelope[CustomerOut],
    summary="Put a customer somewhere else in its tree",
)
async def place_customer(
    customer_id: UUID, body: ParentIn, tx: Tx, request: Request, _: Writer
) -> Response:
    """Put a customer below another, or at the top; all that stands below it comes along.

    Needs `If-Match`.
    """
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
