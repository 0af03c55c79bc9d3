"""What a tenant has billed, received and is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class RevenueSummary:
    """Figures in one currency up to and including `as_of`; `billed - paid == open - credit`.

    `mrr` is the monthly recurring revenue of `customers` customers on that day, `churned_mrr` (not
    negative) what ended before or on it, `arpu` the revenue of an average customer, rounded.
    """

    as_of: date
    currency: str
    mrr: Decimal
    customers: int
    churned_mrr: Decimal
    churned_customers: int
    arpu: Decimal
    invoices: int
    billed: Decimal
    payments: int
    paid: Decimal
    open: Decimal
    credit: Decimal
