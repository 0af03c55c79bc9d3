"""An invoice that is complete but for its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.assembling import Totals
from dotmac_billing.assembly.billed import UsageKey
from dotmac_billing.assembly.line import Charge, Line
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.settings.due import DueRule
from dotmac_billing.wallets.grants import Drawn, Part


class DueSubscription(NamedTuple):
    """A subscription with its payer's terms, as a bill run or a preview reads it.

    `payer_id` is who gets the invoice; `invoice_group` is set when all subscriptions of the group
    that are billed on one day share an invoice. Everything up to and including `billed_on` has
    been billed.
    """

    id: UUID
    customer_id: UUID
    payer_id: UUID
    invoice_group: UUID | None
    currency: str
    time_zone: str
    anchor_on: date
    start_on: date
    end_on: date | None
    billed_on: date | None
    next_bill_on: date | None
    terms_days: int | None
    payer_version: int
    due_rule: DueRule | None = None


class Taken(NamedTuple):
    """The part of an earlier payment that pays an invoice."""

    payment_id: UUID
    amount: Decimal
    on: date


@dataclass(slots=True)
class Draft:
    """What will be issued. `bill_on` is the day it was to be billed; the period is half-open.

    `charges` are what the lines came from, in their order; `used` is what each redemption took off;
    `pending_ids` are the waiting lines it contains. `corrects_id` is what a debit note adds to.
    Of the periods in `opened` it bills a part while they run, of those in `closed` what is left.
    """

    invoice_id: UUID
    kind: InvoiceKind
    customer_id: UUID
    subscription_id: UUID | None
    period_start: date | None
    period_end: date | None
    bill_on: date
    issued_on: date
    due_on: date
    currency: str
    lines: list[Line]
    totals: Totals
    charges: Sequence[Charge] = ()
    customer_version: int | None = None
    used: dict[UUID, Decimal] = field(default_factory=dict)
    pending_ids: list[UUID] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    granted: list[Drawn] = field(default_factory=list)
    corrects_id: UUID | None = None
    opened: list[UsageKey] = field(default_factory=list)
    closed: list[UsageKey] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """What each line comes to with its tax, for credit that may pay for some things only."""
        return [
            Part(
                line.net + line.tax,
                charge.plan_id,
                charge.component_code,
                charge.subscription_id,
            )
            for line, charge in zip(self.lines, self.charges, strict=True)
        ]
