"""HTTP shapes of recurring credit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.recurring_credit.rules import NewRule
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.wallets.schemas import CreditAmount, Months, Priority
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class RecurringGrantIn(RequestModel):
    """Credit that is granted free every so many months, whenever the customer is billed.

    Each grant ends when the next is made, unless it `keeps`. Of what is left then, up to
    `rolls_over_up_to` goes on for one more turn. With a subscription it ends with that.
    """

    amount: CreditAmount
    every_months: Months = 1
    from_on: Day | None = None
    ends_on: Annotated[Day | None, Field(description="First day it is not granted.")] = None
    priority: Priority | None = None
    keeps: bool = False
    rolls_over_up_to: CreditAmount | None = None
    subscription_id: UUID | None = None

    def new_rule(self) -> NewRule:
        """As recurring credit takes it."""
        return NewRule(**dict(self))


class RecurringGrantOut(ResponseModel):
    """Recurring credit of a wallet; without `next_on` it has ended."""

    id: UUID
    wallet_id: UUID
    amount: JsonMoney
    every_months: int
    anchor_on: date
    next_on: date | None
    ends_on: date | None
    priority: int
    keeps: bool
    rolls_over_up_to: JsonMoney | None
    subscription_id: UUID | None
    created_at: datetime
