"""Which invoices are wanted, in which order, as conditions of a query with numbered parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus

SORTS = {
    "number": ("i.series", "i.sequence"),
    "issued_on": ("i.issued_on", "i.sequence"),
    "due_on": ("i.due_on", "i.sequence"),
    "total": ("i.total", "i.sequence"),
}
"""What a list can be sorted by, and the columns of it; those of the number are an index."""

_INVOICES, _BALANCES = "billing.invoices i", "billing.invoice_balances b"
_BOTH = f"{_INVOICES} JOIN {_BALANCES} ON b.tenant_id = i.tenant_id AND b.id = i.id"
# The amount is asked for as well, because the index of open invoices is for those with one due.
# So is the latest day on earth, which an index can be asked for; the customer's own never is later.
_LATE = (
    "b.amount_due > 0 AND b.status IN ('open', 'partially_paid') AND b.due_on < {latest} "
    "AND b.due_on < {day}"
)
_IN_TIME = "b.amount_due > 0 AND b.status = '{status}' AND b.due_on >= {day}"

# An invoice of several subscriptions names none itself, its lines do.
_OF_SUBSCRIPTION = (
    "(i.subscription_id = {0} OR i.subscription_id IS NULL AND EXISTS (SELECT "
    "FROM billing.invoice_lines l WHERE l.invoice_id = i.id AND l.subscription_id = {0}))"
)
_NAMED = (
    "(i.number ILIKE {0} OR i.customer_id IN (SELECT c.id FROM billing.customers c "
    "WHERE c.code ILIKE {0} OR c.name ILIKE {0}))"
)


def order(sort: str, *, descending: bool) -> str:
    """The text after ORDER BY."""
    way = "DESC" if descending else "ASC"
    return ", ".join(f"{column} {way}" for column in SORTS[sort])


def day_of(parameter: int) -> str:
    """The day it is for the customer of balance `b` at the instant `$parameter`."""
    return (
        f"(SELECT (${parameter}::timestamptz AT TIME ZONE c.time_zone)::date "  # noqa: S608 (a number)
        "FROM billing.customers c WHERE c.tenant_id = b.tenant_id AND c.id = b.customer_id)"
    )


def is_late(parameter: int) -> str:
    """Whether balance `b` is overdue at the instant `$parameter`: for its customer, where it is."""
    latest = f"(${parameter}::timestamptz AT TIME ZONE 'Pacific/Kiritimati')::date"
    return _LATE.format(latest=latest, day=day_of(parameter))


def status_read(parameter: int) -> str:
    """The state of balance `b` as it is read at the instant that is parameter `$parameter`."""
    return f"CASE WHEN {is_late(parameter)} THEN 'overdue' ELSE b.status END"


@dataclass(frozen=True)
class InvoiceFilter:
    """None does not narrow. Days and amounts are included, `due_before` is not.

    `status` is the one that is read, so that `OPEN` leaves out what is overdue; `outstanding` is
    everything with something due. `q` begins a number, or the code or name of the customer.
    """

    status: InvoiceStatus | None = None
    customer_id: UUID | None = None
    subscription_id: UUID | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    due_before: date | None = None
    q: str | None = None
    kind: InvoiceKind | None = None
    run_id: UUID | None = None
    currency: str | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    due_from: date | None = None
    due_to: date | None = None
    outstanding: bool | None = None


@dataclass(frozen=True)
class Conditions:
    """The text after WHERE, with `$1` and so on for `values`; no input is in the text.

    `tables` goes after FROM where invoices `i` are read, `counted` where rows are only counted.
    """

    text: str
    values: tuple[Any, ...]
    tables: str
    counted: str


def conditions(wanted: InvoiceFilter, now: datetime) -> Conditions:
    """The filter as conditions on invoices `i` and balances `b`, as they are read at `now`."""
    texts: list[str] = []
    values: list[Any] = []
    for text, value in _narrowing(wanted):
        if value is not None:
            values.append(value)
            texts.append(text.format(f"${len(values)}"))
    if wanted.status is not None:
        status = _status(wanted.status, len(values) + 1)
        texts.append(status)
        if "$" in status:
            values.append(now)
    if wanted.outstanding is not None:
        texts.append("b.amount_due > 0" if wanted.outstanding else "b.amount_due = 0")
    joined = " AND ".join(texts)
    if "b." not in joined:
        return Conditions(joined or "true", tuple(values), _INVOICES, _INVOICES)
    return Conditions(joined, tuple(values), _BOTH, _BOTH if "i." in joined else _BALANCES)


def _narrowing(wanted: InvoiceFilter) -> Iterator[tuple[str, Any]]:
    yield "i.customer_id = {}", wanted.customer_id
    yield _OF_SUBSCRIPTION, wanted.subscription_id
    yield "i.issued_on >= {}", wanted.issued_from
    yield "i.issued_on <= {}", wanted.issued_to
    yield "b.amount_due > 0 AND b.due_on < {}", wanted.due_before
    yield "b.due_on >= {}", wanted.due_from
    yield "b.due_on <= {}", wanted.due_to
    yield "i.kind = {}", None if wanted.kind is None else wanted.kind.value
    yield "i.run_id = {}", wanted.run_id
    yield "i.currency = {}", wanted.currency
    yield "i.total >= {}", wanted.total_from
    yield "i.total <= {}", wanted.total_to
    yield _NAMED, None if wanted.q is None else _beginning(wanted.q)


def _status(status: InvoiceStatus, parameter: int) -> str:
    if status is InvoiceStatus.DRAFT:
        return "false"  # a draft is no invoice yet
    if status is InvoiceStatus.OVERDUE:
        return is_late(parameter)
    if status in {InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID}:
        return _IN_TIME.format(status=status.value, day=day_of(parameter))
    return f"b.status = '{status.value}'"


def _beginning(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
