"""HTTP verbs that make and change customers."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Tx, driver_connection
from dotmac_core_ops.http import Envelope, enveloped, etag_of, raw_json, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.repository import document_of
from dotmac_customers.profiles.schemas import (
    CreatedCustomerOut,
    CustomerChangeIn,
    CustomerIn,
    CustomerOut,
    CustomersIn,
    MoveIn,
)
from dotmac_customers.profiles.service import CustomerService

router = APIRouter(prefix="/customers", tags=["Customers"])

WRITE = "customers:write"
Writer = Annotated[Principal, Depends(requires(WRITE))]
ScopedWriter = Annotated[Principal, Depends(CustomerRequirement(WRITE))]


@router.post("", response_model=Envelope[CustomerOut], status_code=201, summary="Create a customer")
async def create_customer(body: CustomerIn, tx: Tx, _: Writer) -> Response:
    """Make a customer, and what other modules need for it, such as the billing account."""
    made = await CustomerService.within(tx).create(body.customer())
    return await _answer(tx, made.id, status=201)


@router.post(
    "/bulk",
    response_model=Envelope[list[CreatedCustomerOut]],
    status_code=201,
    summary="Create many customers",
)
async def create_customers(body: CustomersIn, tx: Tx, _: Writer) -> dict[str, object]:
    """Make up to a thousand customers, all or none; the answer is in their order."""
    wanted = [customer.customer() for customer in body.customers]
    return enveloped(await CustomerService.within(tx).create_many(wanted))


@router.patch("/{customer_id}", response_model=Envelope[CustomerOut], summary="Change a customer")
async def change_customer(
    customer_id: UUID,
    body: CustomerChangeIn,
    tx: Tx,
    request: Request,
    _: ScopedWriter,
) -> Response:
    """Change the fields that are given; needs `If-Match` with the `ETag` that was read."""
    await CustomerService.within(tx).change(
        customer_id, body.changes(), check=partial(require_match, request)
    )
    return await _answer(tx, customer_id)


@router.post(
    "/{customer_id}/state", response_model=Envelope[CustomerOut], summary="Move a customer"
)
async def move_customer(customer_id: UUID, body: MoveIn, tx: Tx, _: ScopedWriter) -> Response:
    """Bring a customer into another state; the reason must fit the move.

    lead → prospect, active, churned; prospect → active, churned; active → suspended, churned;
    suspended → active, churned; churned → active.
    """
    await CustomerService.within(tx).move(customer_id, body.state, body.reason, note=body.note)
    return await _answer(tx, customer_id)


async def _answer(tx: AsyncSession, customer_id: UUID, *, status: int = 200) -> Response:
    # Read by the statement that answers reads, so that a customer looks the same everywhere.
    found = await document_of(await driver_connection(tx), customer_id)
    if found is None:
        raise CustomerNotFoundError(customer_id)
    document, version = found
    body = f'{{"data":{document},"meta":{{}}}}'.encode()
    return raw_json(body, status=status, etag=etag_of(version))
