"""HTTP verbs of assignments."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dotmac_core_ops.database import Tx, driver_connection
from dotmac_core_ops.http import Envelope, enveloped, etag_of, raw_json
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.assignment.repository import AssignmentRepository
from dotmac_customers.assignment.schemas import AssigneeIn, HandedOverOut, HandOverIn, LoadOut
from dotmac_customers.assignment.service import AssignmentService
from dotmac_customers.filters.target import Target
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.repository import document_of
from dotmac_customers.profiles.schemas import CustomerOut

router = APIRouter(prefix="/customers", tags=["Customers"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
Assigner = Annotated[Principal, Depends(requires("customers:assign"))]
CustomerAssigner = Annotated[Principal, Depends(CustomerRequirement("customers:assign"))]


@router.put(
    "/{customer_id}/assignee",
    response_model=Envelope[CustomerOut],
    summary="Say who looks after a customer",
)
async def assign_customer(
    customer_id: UUID, body: AssigneeIn, tx: Tx, _: CustomerAssigner
) -> Response:
    """Give a customer to an active user, or to nobody."""
    await AssignmentService(tx).assign(Target((customer_id,)), body.user_id)
    found = await document_of(await driver_connection(tx), customer_id)
    if found is None:
        raise CustomerNotFoundError(customer_id)
    document, version = found
    return raw_json(f'{{"data":{document},"meta":{{}}}}'.encode(), etag=etag_of(version))


@router.post(
    "/hand-over", response_model=Envelope[HandedOverOut], summary="Hand a user's customers over"
)
async def hand_over_customers(body: HandOverIn, tx: Tx, _: Assigner) -> dict[str, Any]:
    """Give all customers of a user to another, such as when they leave; one statement."""
    count = await AssignmentService(tx).hand_over(body.from_user_id, body.to_user_id)
    return enveloped({"customers": count})


@router.get(
    "/assignees", response_model=Envelope[list[LoadOut]], summary="List who looks after how many"
)
async def list_assignees(tx: Tx, _: Reader) -> dict[str, Any]:
    """The users who look after customers, the busiest first."""
    return enveloped([dict(row) for row in await AssignmentRepository(tx).loads()])
