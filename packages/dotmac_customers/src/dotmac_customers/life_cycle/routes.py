"""HTTP verbs that read the life cycle."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.life_cycle.repository import LifeCycleRepository
from dotmac_customers.life_cycle.schemas import (
    LifeCycleOut,
    MoveChoiceOut,
    StateChangeOut,
)
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.profiles.states import moves_from

router = APIRouter(prefix="/customers", tags=["Customer life cycle"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
CustomerReader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]


@router.get(
    "/life-cycle", response_model=Envelope[LifeCycleOut], summary="Read how customers came and went"
)
async def read_life_cycle(
    tx: Tx,
    _: Reader,
    from_at: Annotated[AwareDatetime, Query(description="At or after.")],
    to_at: Annotated[AwareDatetime, Query(description="Before.")],
) -> dict[str, Any]:
    """Customers by state now, moves with their reasons in a time, and who was won back."""
    moves = LifeCycleRepository(tx)
    return enveloped(
        {
            "states": [dict(row) for row in await moves.states()],
            "moves": [dict(row) for row in await moves.moves(from_at, to_at)],
            "win_back": dict(await moves.won_back(from_at, to_at)),
        }
    )


@router.get(
    "/{customer_id}/state-changes",
    response_model=Listing[StateChangeOut],
    summary="List a customer's moves",
)
async def list_state_changes(
    customer_id: UUID, tx: Tx, page: Annotated[PageParams, Depends()], _: CustomerReader
) -> dict[str, Any]:
    """Who moved the customer when, from where to where, and why; the latest first."""
    await CustomerService.within(tx).by_id(customer_id)
    changes, total = await LifeCycleRepository(tx).changes_of(
        customer_id, offset=page.offset, limit=page.per_page
    )
    return listing(changes, page, total)


@router.get(
    "/{customer_id}/moves",
    response_model=Envelope[list[MoveChoiceOut]],
    summary="List where a customer can be moved to",
)
async def list_moves(customer_id: UUID, tx: Tx, _: CustomerReader) -> dict[str, Any]:
    """The states that may follow on the present one, with the reasons that fit."""
    customer = await CustomerService.within(tx).by_id(customer_id)
    return enveloped(
        [
            {"state": state, "reasons": sorted(reasons)}
            for state, reasons in moves_from(customer.state).items()
        ]
    )
