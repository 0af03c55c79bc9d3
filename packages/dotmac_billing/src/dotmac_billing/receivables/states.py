"""The states of an invoice, which follow from what was paid on it and what was decided about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum


class InvoiceStatus(Enum):
    """What an invoice is.

    `DRAFT` has no number yet. `OPEN`: nothing was paid. An invoice over nothing, or less, is `PAID`
    from the start. `OVERDUE` is one with something due after its last day to pay; it is worked out
    when it is read and never stored, so that it is never stale. `UNCOLLECTIBLE`: nobody expects the
    money any more. `VOID` keeps its number and is owed by nobody.

    Of the founding names, pending and sent are `OPEN`, cancelled is `VOID`, and refunded is one
    that is credited in full.
    """

    DRAFT = "draft"
    OPEN = "open"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


class InvoiceKind(Enum):
    """What made it.

    `SUBSCRIPTION`: a bill run, for a moment of one subscription. `CONSOLIDATED`: a bill run, for
    all subscriptions of a payer on a day. `THRESHOLD`: usage of a running period reached an amount
    at which it is billed. `CHANGE`: what was pending, billed at once. `MANUAL`:
    somebody, by hand. `DEBIT_NOTE`: somebody, to add to an issued invoice.
    """

    SUBSCRIPTION = "subscription"
    CONSOLIDATED = "consolidated"
    CHANGE = "change"
    THRESHOLD = "threshold"
    MANUAL = "manual"
    DEBIT_NOTE = "debit_note"


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


def status_on(stored: InvoiceStatus, amount_due: Decimal, due_on: date, day: date) -> InvoiceStatus:
    """The state as it is read on `day`: open debts after their last day to pay are overdue."""
    is_open = stored in {InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID}
    return InvoiceStatus.OVERDUE if is_open and amount_due > 0 and due_on < day else stored
