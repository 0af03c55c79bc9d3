"""HTTP verbs of timelines."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from dotmac_core_ops.cursors import cursor_of, place_of
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import MAX_PER_PAGE
from dotmac_core_ops.principal import Principal
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.timeline.repository import TimelineRepository, WantedEntries
from dotmac_customers.timeline.schemas import TimelineOut

router = APIRouter(prefix="/customers", tags=["Customer timeline"])

Reader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]
Kind = Annotated[str, Query(max_length=63)]


@router.get(
    "/{customer_id}/timeline", response_model=TimelineOut, summary="Read a customer's timeline"
)
async def read_timeline(
    customer_id: UUID,
    tx: Tx,
    principal: Reader,
    *,
    kind: Annotated[
        list[Kind] | None,
        Query(max_length=20, description="Only these.", examples=[["note", "task", "message"]]),
    ] = None,
    happened_after: Annotated[AwareDatetime | None, Query(description="At or after.")] = None,
    happened_before: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="Entries a page.")] = 50,
) -> dict[str, Any]:
    """All that happened to the customer in every module, the latest first.

    What happened to customers that were merged into it is there as well. What is private, such as a
    note, is told to who made it alone.
    """
    await CustomerService.within(tx).by_id(customer_id)
    rows = await TimelineRepository(tx).page(
        customer_id,
        WantedEntries(kind, happened_after, happened_before),
        viewer=principal.subject,
        before=None if cursor is None else place_of(cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    is_last = len(rows) <= limit
    return {
        "data": [_shown(row) for row in shown],
        "meta": {"next_cursor": None if is_last else cursor_of(shown[-1]["at"], shown[-1]["id"])},
    }


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    about = None
    if row["about_id"] is not None:
        about = {"kind": row["about_kind"], "id": row["about_id"]}
    return {**dict(row), "about": about}
