"""Which invoices are wanted, in which order, as conditions of a query with numbered parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dotmac_billing.receivables.states import InvoiceStatus

SORTS = {
    "number": ("i.series", "i.sequence"),
    "issued_on": ("i.issued_on", "i.sequence"),
    "due_on": ("i.due_on", "i.sequence"),
    "total": ("i.total", "i.sequence"),
}
"""What a list can be sorted by, and the columns of it; those of the number are an index."""

_INVOICES, _BALANCES = "billing.invoices i", "billing.invoice_balances b"
_BOTH = f"{_INVOICES} JOIN {_BALANCES} ON b.tenant_id = i.tenant_id AND b.id = i.id"
# Said twice, because the index of open invoices is for those with an amount due.
_WITH_STATUS = {
    InvoiceStatus.OPEN: "b.status = ${} AND b.amount_due > 0",
    InvoiceStatus.PARTIALLY_PAID: "b.status = ${} AND b.amount_due > 0",
    InvoiceStatus.PAID: "b.status = ${}",
}


def order(sort: str, *, descending: bool) -> str:
    """The text after ORDER BY."""
    way = "DESC" if descending else "ASC"
    return ", ".join(f"{column} {way}" for column in SORTS[sort])


@dataclass(frozen=True)
class InvoiceFilter:
    """None does not narrow. Days are included, `due_before` is not; `q` begins a number."""

    status: InvoiceStatus | None = None
    customer_id: UUID | None = None
    subscription_id: UUID | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    due_before: date | None = None
    q: str | None = None


@dataclass(frozen=True)
class Conditions:
    """The text after WHERE, with `$1` and so on for `values`; no input is in the text.

    `tables` goes after FROM where invoices `i` are read, `counted` where rows are only counted.
    """

    text: str
    values: tuple[Any, ...]
    tables: str
    counted: str


def conditions(wanted: InvoiceFilter) -> Conditions:
    """The filter as conditions on invoices `i` and balances `b`."""
    texts: list[str] = []
    values: list[Any] = []
    status = None if wanted.status is None else wanted.status.value
    pattern = None if wanted.q is None else _beginning(wanted.q)
    for text, value in (
        (_WITH_STATUS[wanted.status] if wanted.status else "", status),
        ("i.customer_id = ${}", wanted.customer_id),
        ("i.subscription_id = ${}", wanted.subscription_id),
        ("i.issued_on >= ${}", wanted.issued_from),
        ("i.issued_on <= ${}", wanted.issued_to),
        ("b.amount_due > 0 AND b.due_on < ${}", wanted.due_before),
        ("i.number ILIKE ${}", pattern),
    ):
        if value is not None:
            values.append(value)
            texts.append(text.format(len(values)))
    joined = " AND ".join(texts)
    if "b." not in joined:
        return Conditions(joined or "true", tuple(values), _INVOICES, _INVOICES)
    return Conditions(joined, tuple(values), _BOTH, _BOTH if "i." in joined else _BALANCES)


def _beginning(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
