"""HTTP shapes of the portal."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_core_ops.http import JsonMoney, ResponseModel


class OwnBalanceOut(ResponseModel):
    """What a customer owes in a currency, and has in credit; `overdue` is part of `due`."""

    currency: str = Field(examples=["SEK"])
    due: JsonMoney
    overdue: JsonMoney
    credit: JsonMoney


class OwnSubscriptionOut(ResponseModel):
    """A subscription as its customer sees it; without what staff notes about it."""

    id: UUID
    number: str
    status: SubscriptionStatus
    currency: str
    cycle: BillingCycle
    start_on: date
    end_on: date | None
    next_bill_on: date | None
    trial_end_on: date | None
    paused_on: date | None
    resume_on: date | None
    term_end_on: date | None


class OwnPaymentOut(ResponseModel):
    """A payment as its customer sees it; `unapplied` of it is credit."""

    id: UUID
    amount: JsonMoney
    currency: str
    method: str
    received_on: date
    reference: str | None
    unapplied: JsonMoney
