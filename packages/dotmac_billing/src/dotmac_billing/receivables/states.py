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


class LineKind(Enum):
    """What a line of an invoice is for.

    `CHARGE`: a recurring price. `ONE_TIME`: charged once. `USAGE`: what a meter counted. `MINIMUM`:
    what is missing to a minimum commitment. `CREDIT`: takes back (part of) an earlier line, which
    it names. `FEE`: a fee such as for late payment or early termination. `ADJUSTMENT`: usage of an
    earlier period, as the difference to what was billed of it. `MANUAL`: written by somebody.
    """

    CHARGE = "charge"
    ONE_TIME = "one_time"
    USAGE = "usage"
    MINIMUM = "minimum"
    CREDIT = "credit"
    FEE = "fee"
    ADJUSTMENT = "adjustment"
    MANUAL = "manual"


def status_of(total: Decimal, paid: Decimal) -> InvoiceStatus:
    """The state of an invoice over `total` of which `paid` has been paid."""
    if paid >= total:
        return InvoiceStatus.PAID
    return InvoiceStatus.PARTIALLY_PAID if paid else InvoiceStatus.OPEN
