"""`/reports/tax`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.tax_reports.repository import ReportPeriod, TaxReportRepository
from dotmac_billing.tax_reports.schemas import TaxReportRowOut
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/reports", tags=["Tax"])


@router.get("/tax", summary="Report tax", response_model=Envelope[list[TaxReportRowOut]])
async def report_tax(
    tx: Tx,
    _: Annotated[Principal, Depends(requires("tax:read"))],
    first: Annotated[Day, Query(alias="from", description="First day.")],
    last: Annotated[Day, Query(alias="to", description="Last day.")],
    period: ReportPeriod = ReportPeriod.MONTH,
) -> dict[str, Any]:
    """What was taxed, by period, currency, jurisdiction, tax and rate: what a return asks for."""
    rows = await TaxReportRepository(tx).report(period, first, last)
    return enveloped([dict(row) for row in rows])
