"""The states of an issued invoice, which follow from what was paid on it."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum


class InvoiceStatus(Enum):
    """`OPEN`: nothing was paid. An invoice over nothing is `PAID` from the start."""

    OPEN = "open"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"


class InvoiceKind(Enum):
    """Made by a bill run for a period of a subscription, or by hand."""

    SUBSCRIPTION = "subscription"
    MANUAL = "manual"


def status_of(total: Decimal, paid: Decimal) -> InvoiceStatus:
    """The state of an invoice over `total` of which `paid` has been paid."""
    if paid >= total:
        return InvoiceStatus.PAID
    return InvoiceStatus.PARTIALLY_PAID if paid else InvoiceStatus.OPEN
