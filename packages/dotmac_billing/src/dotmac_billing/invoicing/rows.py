"""Rows of the tables that an issued invoice fills, made for many invoices at once.

Plain tuples: a bill run makes a dozen of them for each invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing.invoicing.draft import Draft
from dotmac_billing.invoicing.events import InvoiceIssued
from dotmac_billing.invoicing.postings import invoice_postings
from dotmac_billing.ledger.chart import RECEIVABLE
from dotmac_billing.receivables.states import InvoiceKind, status_of
from dotmac_core_ops.database import new_id

SERIES = "invoice"
"""The series that invoices are numbered in; it runs 1, 2, 3 … without a gap."""

SOURCE = "invoice"
"""What entries of invoices have as their source type."""

Row = tuple[Any, ...]
_NOTHING = Decimal(0)

INVOICE = (
    *("id", "number", "series", "sequence", "customer_id", "subscription_id", "kind"),
    *("period_start", "period_end", "issued_on", "due_on", "currency", "net", "tax", "total"),
    *("historical", "run_id", "created_at"),
)
BALANCE = (
    *("id", "customer_id", "currency", "status", "total", "amount_paid", "amount_due"),
    *("due_on", "paid_on"),
)
LINE = (
    *("id", "invoice_id", "position", "item_id", "component_id", "description", "quantity"),
    *("unit_price", "net", "tax_code", "tax_rate", "period_start", "period_end"),
)
TAX = ("id", "invoice_id", "tax_code", "rate", "net", "tax")
ALLOCATION = ("id", "payment_id", "invoice_id", "amount", "allocated_on")


@dataclass(slots=True)
class LedgerRows:
    """Entries and postings; an invoice over nothing has neither."""

    entries: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class InvoiceRows:
    """What is written once the numbers are known. `spent` is how much of each payment was used."""

    invoices: list[Row] = field(default_factory=list)
    balances: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    taxes: list[Row] = field(default_factory=list)
    allocations: list[Row] = field(default_factory=list)
    spent: dict[UUID, Decimal] = field(default_factory=dict)
    events: list[InvoiceIssued] = field(default_factory=list)


def ledger_rows(
    drafts: Sequence[Draft], accounts: Mapping[str, UUID], created_at: datetime
) -> LedgerRows:
    """One entry for each invoice, on the day it is issued."""
    rows = LedgerRows()
    for draft in drafts:
        postings = invoice_postings(draft.totals.net, draft.totals.tax)
        if not postings:
            continue
        entry_id = new_id()
        rows.entries.append(
            (
                *(entry_id, draft.issued_on, SOURCE, draft.invoice_id),
                *(draft.currency, "Invoice", created_at),
            )
        )
        rows.postings += [
            (
                *(new_id(), entry_id, accounts[code]),
                *(draft.customer_id if code == RECEIVABLE else None, amount),
            )
            for code, amount in postings
        ]
    return rows


def line_rows(drafts: Sequence[Draft]) -> list[Row]:
    """The lines of all drafts, numbered from 1 within each."""
    return [
        (
            *(new_id(), draft.invoice_id, position, line.item_id, line.component_id),
            *(line.description, line.quantity, line.unit_price, line.net, line.tax_code),
            *(line.tax_rate, line.period_start, line.period_end),
        )
        for draft in drafts
        for position, line in enumerate(draft.lines, 1)
    ]


def invoice_rows(
    drafts: Sequence[Draft],
    first: int,
    numbered: Callable[[int], str],
    *,
    created_at: datetime,
    run_id: UUID | None,
    historical: bool,
) -> InvoiceRows:
    """The invoices, numbered from `first` in the order of `drafts`."""
    rows = InvoiceRows()
    for sequence, draft in enumerate(drafts, first):
        number = numbered(sequence)
        invoice_id, customer_id, sums = draft.invoice_id, draft.customer_id, draft.totals
        kind = InvoiceKind.MANUAL if draft.subscription_id is None else InvoiceKind.SUBSCRIPTION
        rows.invoices.append(
            (
                *(invoice_id, number, SERIES, sequence, customer_id, draft.subscription_id),
                *(kind.value, draft.period_start, draft.period_end, draft.issued_on),
                *(draft.due_on, draft.currency, sums.net, sums.tax, sums.total),
                *(historical, run_id, created_at),
            )
        )
        paid, paid_on = _NOTHING, draft.issued_on
        for payment_id, amount, on in draft.taken:
            paid += amount
            paid_on = max(paid_on, on)
            rows.spent[payment_id] = rows.spent.get(payment_id, _NOTHING) + amount
            day = max(draft.issued_on, on)
            rows.allocations.append((new_id(), payment_id, invoice_id, amount, day))
        due = sums.total - paid
        status = status_of(sums.total, paid)
        rows.balances.append(
            (
                *(invoice_id, customer_id, draft.currency, status.value, sums.total, paid, due),
                *(draft.due_on, None if due else paid_on),
            )
        )
        rows.taxes += [(new_id(), invoice_id, *group) for group in sums.groups]
        rows.events.append(_issued(draft, number, due, historical=historical))
    return rows


def _issued(draft: Draft, number: str, due: Decimal, *, historical: bool) -> InvoiceIssued:
    return InvoiceIssued(
        invoice_id=draft.invoice_id,
        number=number,
        customer_id=draft.customer_id,
        subscription_id=draft.subscription_id,
        currency=draft.currency,
        total=draft.totals.total,
        amount_due=due,
        issued_on=draft.issued_on,
        due_on=draft.due_on,
        historical=historical,
    )
