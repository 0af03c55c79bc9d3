"""HTTP shapes of pauses, cancellations, returns and transfers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.changes.kinds import ChangeAt, Invoicing
from dotmac_billing.changes.plan_of_change import CreditMode
from dotmac_billing.lifecycle.termination import TerminationFee
from dotmac_billing.lifecycle.wanted import Cancellation, Pause
from dotmac_billing.modifications.schemas import ChangeMadeOut, InvoicingField
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.http import RequestModel, ResponseModel


class PauseIn(RequestModel):
    """From when to when; without `resume_on` until it is resumed."""

    at: ChangeAt = ChangeAt.NOW
    on: Day | None = None
    resume_on: Day | None = None
    with_credit: Annotated[bool, Field(description="Credit the days not served.")] = True
    invoicing: InvoicingField = Invoicing.NEXT_INVOICE

    def pause(self) -> Pause:
        """As the service takes it."""
        return Pause(self.at, self.on, self.resume_on, self.with_credit, self.invoicing)


class ResumeIn(RequestModel):
    """The first day served again; without `on` today."""

    on: Day | None = None
    invoicing: InvoicingField = Invoicing.NEXT_INVOICE


class CancelIn(RequestModel):
    """When it ends. `now`: today is not served any more; `date`: from the day `on` on it is not.

    In arrears the last days are billed by the day. Of what was billed in advance, `refund` credits
    nothing, the days not served, or the last periods in full. A plan with a term may ask for a fee
    (`termination_fee`) when it is left before.
    """

    at: CancelAt = CancelAt.PERIOD_END
    on: Day | None = None
    refund: CreditMode = CreditMode.NONE
    termination_fee: TerminationFee = TerminationFee.FULL
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    access_until: Annotated[
        Day | None, Field(description="First day without access, when it is not the end.")
    ] = None
    invoicing: InvoicingField = Invoicing.NEXT_INVOICE

    def cancellation(self) -> Cancellation:
        """As the service takes it."""
        return Cancellation(
            self.at,
            self.on,
            self.refund,
            self.termination_fee,
            self.reason,
            self.access_until,
            self.invoicing,
        )


class TransferIn(RequestModel):
    """Who has it from the day `on` (without: today) on."""

    customer_id: UUID
    on: Day | None = None
    invoicing: InvoicingField = Invoicing.NEXT_INVOICE


class TransferredOut(ResponseModel):
    """The end of the old subscription, and the id of the one that goes on."""

    change: ChangeMadeOut
    subscription_id: UUID


class RenewalIn(RequestModel):
    """Whether the term goes on when it is over."""

    renews: bool
