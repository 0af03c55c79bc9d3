"""`GET /usage/late`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.usage.lateness.repository import LatenessRepository
from dotmac_billing.usage.lateness.schemas import LateUsageOut
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Listing, PageParams, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/usage", tags=["Usage"])


@router.get("/late", summary="List late usage", response_model=Listing[LateUsageOut])
async def list_late_usage(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Annotated[Principal, Depends(requires("usage:read"))],
    subscription_id: Annotated[UUID | None, Query()] = None,
    settled: Annotated[bool | None, Query(description="Whether it was rated again.")] = None,
) -> dict[str, Any]:
    """Usage that came, or was corrected, when its day had been billed; newest first."""
    rows, total = await LatenessRepository(tx).page(
        subscription_id=subscription_id, settled=settled, offset=page.offset, limit=page.per_page
    )
    found = [
        {
            "id": late.id,
            "subscription_id": late.subscription_id,
            "meter": meter,
            "day": late.day,
            "events": late.events,
            "created_at": late.created_at,
            "settled_at": late.settled_at,
        }
        for late, meter in rows
    ]
    return listing(found, page, total)
