"""Reports as tables for spreadsheets, in UTF-8 with a line of headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dotmac_billing.ledger.trial_balance import TrialBalance
from dotmac_billing.reports.ageing import Ageing, Buckets
from dotmac_billing.reports.deferred import DeferredRevenue
from dotmac_core_ops.spreadsheet import csv_text

_TRIAL_BALANCE = (
    *("currency", "account", "external_code", "name", "kind"),
    *("opening", "debit", "credit", "closing"),
)
_DEFERRED = (
    *("currency", "month", "opening", "billed", "recognised"),
    *("credited", "voided", "closing", "to_come"),
)


def trial_balance_csv(found: Iterable[TrialBalance]) -> str:
    """A line for each account and currency."""
    return csv_table(
        _TRIAL_BALANCE,
        (
            (
                *(one.currency, line.account, line.external_code, line.name, line.kind),
                *(line.opening, line.debit, line.credit, line.closing),
            )
            for one in found
            for line in one.lines
        ),
    )


def ageing_csv(found: Iterable[Ageing]) -> str:
    """A line for each customer and currency."""
    return csv_table(
        ("currency", "customer", "name", *Buckets._fields, "due", "credit", "balance", "in_books"),
        (
            (
                *(one.currency, line.code, line.name, *line.buckets),
                *(line.due, line.credit, line.balance, line.in_books),
            )
            for one in found
            for line in one.lines
        ),
    )


def deferred_csv(found: Iterable[DeferredRevenue]) -> str:
    """A line for each month that was, and one for each month with revenue to come."""
    rows: list[Sequence[object]] = []
    for one in found:
        rows += [
            (
                *(one.currency, month.month, month.opening, month.billed, month.recognised),
                *(month.credited, month.voided, month.closing, ""),
            )
            for month in one.months
        ]
        rows += [(one.currency, ahead.month, *[""] * 6, ahead.amount) for ahead in one.to_come]
    return csv_table(
        _DEFERRED,
        rows,
    )


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Headings and rows; a text that a spreadsheet would take for a formula has an apostrophe."""
    return csv_text([columns] if columns else []) + csv_text(rows)
