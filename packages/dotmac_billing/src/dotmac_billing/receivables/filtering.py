"""Which invoices are wanted, in which order, as conditions of a query with numbered parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dotmac_billing.receivables.states import InvoiceStatus

SORTS = {
    "number": "i.sequence",
    "issued_on": "i.issued_on",
    "due_on": "i.due_on",
    "total": "i.total",
}
"""What a list can be sorted by, and the column of it."""


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
    """The text after WHERE, with `$1` and so on for `values`; no input is in the text."""

    text: str
    values: tuple[Any, ...]
    needs_balance: bool


def conditions(wanted: InvoiceFilter) -> Conditions:
    """The filter as conditions on invoices `i` and balances `b`."""
    texts: list[str] = []
    values: list[Any] = []
    status = None if wanted.status is None else wanted.status.value
    pattern = None if wanted.q is None else _beginning(wanted.q)
    for text, value in (
        ("b.status = ${}", status),
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
    joined = " AND ".join(texts) or "true"
    return Conditions(joined, tuple(values), "b." in joined)


def _beginning(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
