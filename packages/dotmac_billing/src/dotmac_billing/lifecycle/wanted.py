"""What is said about a pause, an end, a return or a handing over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dotmac_billing.changes.kinds import ChangeAt, Invoicing
from dotmac_billing.changes.plan_of_change import CreditMode
from dotmac_billing.lifecycle.termination import TerminationFee
from dotmac_billing.subscriptions.cancellation import CancelAt


@dataclass(frozen=True, slots=True)
class Pause:
    """From when to when (`resume_on` None: until it is resumed), and whether days are credited."""

    at: ChangeAt = ChangeAt.NOW
    on: date | None = None
    resume_on: date | None = None
    with_credit: bool = True
    invoicing: Invoicing = Invoicing.NEXT_INVOICE


@dataclass(frozen=True, slots=True)
class Cancellation:
    """When it ends, what of the last periods is paid back, and what leaving a term costs.

    `access_until` is the first day without access, when that is not the day it ends.
    """

    at: CancelAt = CancelAt.PERIOD_END
    on: date | None = None
    refund: CreditMode = CreditMode.NONE
    fee: TerminationFee = TerminationFee.FULL
    reason: str | None = None
    access_until: date | None = None
    invoicing: Invoicing = Invoicing.NEXT_INVOICE
