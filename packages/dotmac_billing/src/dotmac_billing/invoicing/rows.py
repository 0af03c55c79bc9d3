"""Rows of the tables that an issued invoice fills, made for many invoices at once.

Plain tuples: a bill run makes a dozen of them for each invoice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from dotmac_billing.assembly.assembling import off_before_tax
from dotmac_billing.assembly.draft import Draft
from dotmac_billing.invoicing.events import InvoiceIssued
from dotmac_billing.invoicing.numbers import Number
from dotmac_billing.invoicing.postings import invoice_postings
from dotmac_billing.ledger.chart import RECEIVABLE
from dotmac_billing.payments.credit import NewCredit, PaymentKind
from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus, status_of
from dotmac_billing.recognition.deferring import BilledLine, Deferred
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_core_ops.database import new_id, new_ids

SOURCE = "invoice"
"""What entries of invoices have as their source type."""

Row = tuple[Any, ...]
_NOTHING = Decimal(0)
_OPEN = InvoiceStatus.OPEN.value
_BETWEEN_MOMENTS = frozenset({InvoiceKind.CHANGE, InvoiceKind.THRESHOLD})
_ALL_REVENUE = Deferred(_NOTHING, _NOTHING)
_LEDGER_IDS = 5  # the entry and its four postings at most, five when something is deferred


@dataclass(slots=True)
class LedgerRows:
    """Entries and postings; an invoice over nothing has neither."""

    entries: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class InvoiceRows:
    """What is written once the numbers are known.

    `credits` are what invoices below zero leave the customer.
    """

    invoices: list[Row] = field(default_factory=list)
    balances: list[Row] = field(default_factory=list)
    allocations: list[Row] = field(default_factory=list)
    credits: list[NewCredit] = field(default_factory=list)
    events: list[InvoiceIssued] = field(default_factory=list)


class Making(NamedTuple):
    """What is the same for all invoices that are issued together.

    `rates` is what a unit of a foreign currency is in the tenant's, by currency and day of issue.
    """

    created_at: datetime
    run_id: UUID | None
    seller_version: int
    rounding: TaxRounding
    historical: bool
    rates: Mapping[tuple[str, date], Decimal] = MappingProxyType({})


class Prepared(NamedTuple):
    """Invoices to be written: their lines, what is earned later, and what of each invoice is."""

    drafts: Sequence[Draft]
    made: Making
    lines: Sequence[Row]
    schedules: Sequence[Row]
    deferred: Mapping[UUID, Deferred]


def ledger_rows(
    drafts: Sequence[Draft],
    accounts: Mapping[str, UUID],
    created_at: datetime,
    deferred: Mapping[UUID, Deferred],
) -> LedgerRows:
    """One entry for each invoice, on the day it is issued; `deferred` of them is no revenue yet."""
    rows = LedgerRows()
    entries, postings = rows.entries, rows.postings
    ids = iter(new_ids(_LEDGER_IDS * len(drafts) + len(deferred)))
    for draft in drafts:
        sums = draft.totals
        booked = invoice_postings(
            sums.net, sums.tax, sums.discount, deferred.get(draft.invoice_id, _ALL_REVENUE)
        )
        if not booked:
            continue
        entry_id = next(ids)
        invoice_id, customer_id = draft.invoice_id, draft.customer_id
        entries.append(
            (
                *(entry_id, draft.issued_on, SOURCE, invoice_id),
                *(draft.currency, "Invoice", created_at),
            )
        )
        for code, amount in booked:
            owner = customer_id if code == RECEIVABLE else None
            postings.append((next(ids), entry_id, accounts[code], owner, amount))
    return rows


def spent(drafts: Sequence[Draft]) -> dict[UUID, Decimal]:
    """How much of each payment the drafts take."""
    sums: dict[UUID, Decimal] = {}
    for draft in drafts:
        for payment_id, amount, _ in draft.taken:
            sums[payment_id] = sums.get(payment_id, _NOTHING) + amount
    return sums


def line_rows(drafts: Sequence[Draft]) -> list[Row]:
    """The lines of all drafts, numbered from 1 within each."""
    ids = iter(new_ids(sum(len(draft.lines) for draft in drafts)))
    return [
        # `Line` has the rest of the columns in their order.
        (next(ids), draft.invoice_id, position, *line)
        for draft in drafts
        for position, line in enumerate(draft.lines, 1)
    ]


def billed_lines(drafts: Sequence[Draft], lines: Sequence[Row]) -> list[BilledLine]:
    """What `line_rows` made of the drafts, as recognition asks for it."""
    ids = iter(lines)
    return [
        BilledLine(
            next(ids)[0],
            draft.invoice_id,
            draft.customer_id,
            draft.currency,
            draft.issued_on,
            line.kind,
            line.period_start,
            line.period_end,
            line.net,
            off_before_tax(line.discount, line.tax_rate, draft.currency)
            if charge.includes_tax
            else line.discount,
            line.reverses_line_id,
        )
        for draft in drafts
        for line, charge in zip(draft.lines, draft.charges, strict=True)
    ]


def tax_rows(drafts: Sequence[Draft]) -> list[Row]:
    """The taxes of all drafts, in the order in which they are charged."""
    ids = iter(new_ids(sum(len(draft.totals.taxes) for draft in drafts)))
    return [
        # `InvoiceTax` of `assembling` has the rest of the columns in their order.
        (next(ids), draft.invoice_id, *tax)
        for draft in drafts
        for tax in draft.totals.taxes
    ]


def invoice_rows(drafts: Sequence[Draft], numbers: Sequence[Number], made: Making) -> InvoiceRows:
    """The invoices with their numbers, in the order of `drafts`."""
    rows = InvoiceRows()
    created_at, run_id, seller_version, rounding, historical, rates = made
    rounding_name = rounding.value
    ids = iter(new_ids(sum(len(draft.taken) for draft in drafts)))
    for draft, (series, sequence, number) in zip(drafts, numbers, strict=True):
        invoice_id, customer_id, sums = draft.invoice_id, draft.customer_id, draft.totals
        rows.invoices.append(
            (
                *(invoice_id, number, series, sequence, customer_id, draft.subscription_id),
                draft.kind.value,
                *(draft.period_start, draft.period_end, draft.issued_on, draft.due_on),
                *(draft.currency, sums.net, sums.tax, sums.total),
                *(historical, run_id, created_at, _moment(draft), draft.customer_version),
                *(seller_version, sums.discount, draft.corrects_id, rounding_name),
                rates.get((draft.currency, draft.issued_on)),
            )
        )
        paid, paid_on = _NOTHING, draft.issued_on
        for payment_id, amount, on in draft.taken:
            paid += amount
            paid_on = max(paid_on, on)
            day = max(draft.issued_on, on)
            rows.allocations.append((next(ids), payment_id, invoice_id, amount, day))
        for _, amount, _ in draft.granted:
            paid += amount
        if sums.total < 0:
            paid = sums.total
            rows.credits.append(_credit(draft, number))
        due = sums.total - paid
        rows.balances.append(
            (
                *(invoice_id, customer_id, draft.currency, _status(sums.total, paid)),
                *(sums.total, paid, due, draft.due_on, None if due else paid_on),
            )
        )
        rows.events.append(_issued(draft, number, due, historical=historical))
    return rows


def numbered(drafts: Sequence[Draft], numbers: Sequence[Number]) -> list[Row]:
    """Id, number and place in its series of each invoice, where rows were made without."""
    return [
        (draft.invoice_id, number.text, number.sequence)
        for draft, number in zip(drafts, numbers, strict=True)
    ]


def numbered_credits(
    made: Sequence[NewCredit], drafts: Sequence[Draft], numbers: Sequence[Number]
) -> list[NewCredit]:
    """The credits with the numbers of the invoices that they come from."""
    texts = {draft.invoice_id: number.text for draft, number in zip(drafts, numbers, strict=True)}
    return [one._replace(reference=texts[one.source_id]) for one in made]


def numbered_events(
    events: Sequence[InvoiceIssued], numbers: Sequence[Number]
) -> Iterator[InvoiceIssued]:
    """The facts with their numbers."""
    for event, number in zip(events, numbers, strict=True):
        yield event.model_copy(update={"number": number.text})


def _moment(draft: Draft) -> date | None:
    """The moment that is billed; what is billed between moments has none, and may be repeated."""
    return None if draft.kind in _BETWEEN_MOMENTS else draft.bill_on


def _credit(draft: Draft, number: str) -> NewCredit:
    return NewCredit(
        new_id(),
        draft.customer_id,
        draft.currency,
        -draft.totals.total,
        draft.issued_on,
        PaymentKind.INVOICE_CREDIT,
        draft.invoice_id,
        number,
    )


def _status(total: Decimal, paid: Decimal) -> str:
    if paid or total <= 0:
        return status_of(total, paid).value
    return _OPEN  # by far the most, and an enum's value costs as much as a row


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
