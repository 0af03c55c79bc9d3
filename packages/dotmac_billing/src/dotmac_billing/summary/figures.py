"""What a tenant has billed, received and is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class RevenueSummary:
    """Figures in one currency up to and including `as_of`.

    `billed - taken_off - paid == open - credit`: void invoices are not billed, and `taken_off` is
    what credit notes, debts given up and prepaid credit took off.

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
    taken_off: Decimal
    payments: int
    paid: Decimal
    open: Decimal
    credit: Decimal
