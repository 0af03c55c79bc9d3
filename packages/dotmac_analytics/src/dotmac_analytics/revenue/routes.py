"""Revenue figures over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from dotmac_analytics.revenue.schemas import (
    ChurnReport,
    RevenueReport,
    churn_report,
    revenue_report,
)
from dotmac_analytics.revenue.service import revenue_months
from dotmac_core_ops.database import Tx, clock_of
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import requires

router = APIRouter(
    prefix="/analytics", tags=["Analytics"], dependencies=[Depends(requires("reports:read"))]
)

First = Annotated[
    date | None, Query(alias="from", description="A day of the first month. Default: a year back.")
]
Last = Annotated[
    date | None, Query(alias="to", description="A day of the last month. Default: this month.")
]
Currency = Annotated[
    str | None, Query(min_length=3, max_length=3, description="Default: the tenant's own.")
]


@router.get("/revenue", response_model=Envelope[RevenueReport], summary="Recurring revenue")
async def revenue(
    tx: Tx, first: First = None, last: Last = None, currency: Currency = None
) -> dict[str, Any]:
    """Monthly recurring revenue and its movements, month by month."""
    until = last or clock_of(tx).today()
    months = await revenue_months(tx, first, until, currency)
    return enveloped(revenue_report(*months))


@router.get("/churn", response_model=Envelope[ChurnReport], summary="Customers and revenue lost")
async def churn(
    tx: Tx, first: First = None, last: Last = None, currency: Currency = None
) -> dict[str, Any]:
    """Churn of customers and of revenue, month by month."""
    until = last or clock_of(tx).today()
    months = await revenue_months(tx, first, until, currency)
    return enveloped(churn_report(*months))
