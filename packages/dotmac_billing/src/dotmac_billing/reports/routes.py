"""`/reports` of the books."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.ledger.service import trial_balance
from dotmac_billing.reports.csv_text import ageing_csv, deferred_csv, trial_balance_csv
from dotmac_billing.reports.schemas import AgeingOut, DeferredRevenueOut, TrialBalanceOut
from dotmac_billing.reports.service import books_today, deferred_report, receivables_ageing
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/reports", tags=["Reports"])

Reader = Annotated[Principal, Depends(requires("ledger:read"))]
FromOn = Annotated[Day | None, Query(description="First day; else the beginning.")]
FromMonth = Annotated[
    Day | None, Query(description="A day of the first month; else January of the last year.")
]
ToOn = Annotated[Day | None, Query(description="Last day; else today.")]
AsOf = Annotated[Day | None, Query(description="At the end of that day; else today.")]
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.get(
    "/trial-balance",
    summary="Read the trial balance",
    response_model=Envelope[list[TrialBalanceOut]],
)
async def read_trial_balance(
    tx: Tx, _: Reader, from_on: FromOn = None, to_on: ToOn = None
) -> dict[str, Any]:
    """Opening, debits, credits and closing of each account, one balance for each currency."""
    return enveloped(await trial_balance(tx, from_on, to_on or await books_today(tx)))


@router.get(
    "/trial-balance/export",
    summary="Export the trial balance",
    response_class=Response,
    responses=_CSV,
)
async def export_trial_balance(
    tx: Tx, _: Reader, from_on: FromOn = None, to_on: ToOn = None
) -> Response:
    """The same as CSV in UTF-8 with a line of headings."""
    found = await trial_balance(tx, from_on, to_on or await books_today(tx))
    return _csv("trial-balance", trial_balance_csv(found))


@router.get(
    "/receivables-ageing",
    summary="Read receivables by age",
    response_model=Envelope[list[AgeingOut]],
)
async def read_ageing(tx: Tx, _: Reader, as_of: AsOf = None) -> dict[str, Any]:
    """What customers owed at the end of a day: not due yet, 1 to 30, 31 to 60, 61 to 90 days over,
    and more; beside it their unused credit and what the receivable account says.
    """
    return enveloped(await receivables_ageing(tx, as_of))


@router.get(
    "/receivables-ageing/export",
    summary="Export receivables by age",
    response_class=Response,
    responses=_CSV,
)
async def export_ageing(tx: Tx, _: Reader, as_of: AsOf = None) -> Response:
    """The same as CSV in UTF-8 with a line of headings."""
    return _csv("receivables-ageing", ageing_csv(await receivables_ageing(tx, as_of)))


@router.get(
    "/deferred-revenue",
    summary="Read deferred revenue",
    response_model=Envelope[list[DeferredRevenueOut]],
)
async def read_deferred_revenue(
    tx: Tx, _: Reader, from_on: FromMonth = None, to_on: ToOn = None
) -> dict[str, Any]:
    """Month by month what was billed ahead, earned and taken back; and what is earned when of what
    is deferred now.
    """
    return enveloped(await deferred_report(tx, from_on, to_on))


@router.get(
    "/deferred-revenue/export",
    summary="Export deferred revenue",
    response_class=Response,
    responses=_CSV,
)
async def export_deferred_revenue(
    tx: Tx, _: Reader, from_on: FromMonth = None, to_on: ToOn = None
) -> Response:
    """The same as CSV in UTF-8 with a line of headings."""
    return _csv("deferred-revenue", deferred_csv(await deferred_report(tx, from_on, to_on)))


def _csv(name: str, text: str) -> Response:
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )
