"""HTTP shapes of wallets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.schemas import Code, Name
from dotmac_billing.payments.schemas import ApprovalId
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.wallets.models import Wallet
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.terms import GrantSource, MovementKind
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

CreditAmount = Annotated[JsonMoney, Field(gt=0, le=10**12, decimal_places=4, examples=[50.00])]
NoOrAmount = Annotated[
    JsonMoney, Field(ge=0, le=10**12, decimal_places=4, description="0 takes it away.")
]
Priority = Annotated[int, Field(ge=-1000, le=1000, description="The lowest is used first.")]
Months = Annotated[int, Field(ge=1, le=120, examples=[1])]
Note = Annotated[str, Field(min_length=1, max_length=500, examples=["Outage of 3 May"])]


class WalletIn(RequestModel):
    """A wallet, empty at first. Without `currency` it is in the customer's.

    Lists and a subscription say what its credit may pay for; left out, anything. When less than
    `low_below` can be used, that is announced, and with `tops_up_when_low` an invoice over
    `top_up_amount` is issued; one is also issued every `top_up_every_months`.
    """

    customer_id: UUID
    name: Name
    currency: CurrencyCode | None = None
    priority: Priority = 0
    plan_ids: Annotated[list[UUID], Field(max_length=100)] = []
    component_codes: Annotated[list[Code], Field(max_length=100)] = []
    subscription_id: UUID | None = None
    low_below: CreditAmount | None = None
    top_up_amount: CreditAmount | None = None
    tops_up_when_low: bool = False
    top_up_every_months: Months | None = None
    top_up_from_on: Day | None = None

    def new_wallet(self) -> NewWallet:
        """As wallets take it."""
        given = dict(self)
        for name in ("plan_ids", "component_codes"):
            given[name] = tuple(given[name])
        return NewWallet(**given)


class WalletChangeIn(RequestModel):
    """New values; what is left out stays. What its credit may pay for does not change."""

    name: Name | None = None
    priority: Priority | None = None
    low_below: NoOrAmount | None = None
    top_up_amount: NoOrAmount | None = None
    tops_up_when_low: bool | None = None
    top_up_every_months: Annotated[int, Field(ge=0, le=120)] | None = None
    top_up_from_on: Day | None = None


class WalletOut(ResponseModel):
    """A wallet. `balance` can be used: `paid` for and `granted` free. `pending` is not paid yet."""

    id: UUID
    customer_id: UUID
    name: str
    currency: str
    priority: int
    plan_ids: list[UUID]
    component_codes: list[str]
    subscription_id: UUID | None
    low_below: JsonMoney | None
    top_up_amount: JsonMoney | None
    tops_up_when_low: bool
    top_up_every_months: int | None
    next_top_up_on: date | None
    balance: JsonMoney
    paid: JsonMoney
    granted: JsonMoney
    pending: JsonMoney
    closed_at: datetime | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, wallet: Wallet, paid: Decimal, granted: Decimal, pending: Decimal) -> WalletOut:
        """As it is shown."""
        sums = {"balance": paid + granted, "paid": paid, "granted": granted, "pending": pending}
        plain = {name: getattr(wallet, name) for name in cls.model_fields if name not in sums}
        return cls(**plain, **sums)


class GrantIn(RequestModel):
    """Credit given free of charge. From `expires_on` on it cannot be used any more."""

    amount: CreditAmount
    expires_on: Day | None = None
    priority: Priority | None = None
    note: Note | None = None
    approval_id: ApprovalId = None

    def new_grant(self) -> NewGrant:
        """As wallets take it."""
        return NewGrant(self.amount, self.expires_on, self.priority, self.note)


class VoidGrantIn(RequestModel):
    """Why what is left of the credit is taken back."""

    note: Note | None = None


class GrantOut(ResponseModel):
    """Credit in a wallet, of which `remaining` is left; while it `is_pending` it cannot be used."""

    id: UUID
    wallet_id: UUID
    source: GrantSource
    currency: str
    is_paid: bool
    is_pending: bool
    amount: JsonMoney
    remaining: JsonMoney
    priority: int
    granted_on: date
    expires_on: date | None
    invoice_id: UUID | None
    payment_id: UUID | None
    note: str | None


class MovementOut(ResponseModel):
    """Something that happened in a wallet: credit came in (above zero) or went out (below)."""

    id: UUID
    grant_id: UUID
    kind: MovementKind
    amount: JsonMoney
    is_paid: bool
    occurred_on: date
    invoice_id: UUID | None
    invoice_number: str | None
    note: str | None
    created_at: datetime
