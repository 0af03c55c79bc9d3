"""HTTP shapes of rates of exchange."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from dotmac_billing.exchange.models import ConvertedPayment, ExchangeRate
from dotmac_billing.exchange.rates import RATE_DIGITS, ExchangeRateStatus
from dotmac_billing.exchange.service import HIGHEST_RATE, ForeignPayment, NewRate
from dotmac_billing.payments.models import Payment
from dotmac_billing.payments.schemas import Amount, PaymentIn, Text
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

Factor = Annotated[
    JsonMoney,
    Field(
        gt=0,
        lt=HIGHEST_RATE,
        decimal_places=RATE_DIGITS,
        description="What one unit is in the other currency.",
        examples=[0.9234],
    ),
]


class ExchangeRateIn(RequestModel):
    """What a unit of `from_currency` is, from a day on, until the next rate of the pair."""

    from_currency: Annotated[CurrencyCode, Field(examples=["USD"])]
    to_currency: CurrencyCode
    rate: Factor
    valid_from: Day
    valid_until: Annotated[Day | None, Field(description="First day it does not hold.")] = None
    source: Annotated[Text | None, Field(examples=["European Central Bank"])] = None

    def new_rate(self) -> NewRate:
        """As rates are written down."""
        return NewRate(**dict(self))


class ExchangeRateOut(ResponseModel):
    """A rate; `status` is what it is today."""

    id: UUID
    from_currency: str
    to_currency: str
    rate: JsonMoney
    valid_from: date
    valid_until: date | None
    source: str | None
    status: ExchangeRateStatus
    disabled_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: ExchangeRate, today: date) -> Self:
        """The rate as it is on a day."""
        if row.disabled_at is not None:
            status = ExchangeRateStatus.DISABLED
        elif row.valid_until is not None and row.valid_until <= today:
            status = ExchangeRateStatus.EXPIRED
        else:
            status = ExchangeRateStatus.ACTIVE
        return cls(
            id=row.id,
            from_currency=row.from_currency,
            to_currency=row.to_currency,
            rate=row.rate,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            source=row.source,
            status=status,
            disabled_at=row.disabled_at,
            created_at=row.created_at,
        )


class ConversionOut(ResponseModel):
    """An amount in another currency, and the rate it was converted by."""

    amount: JsonMoney
    currency: str
    rate: JsonMoney
    rate_id: UUID


class ConvertedPaymentIn(PaymentIn):
    """Money that was paid in another currency: `amount` is what was paid, in `paid_currency`.

    It counts in `currency`, which is the customer's if left out. `arrived` is what the bank made of
    it; without it the rate of `received_on` decides. `allocations` are in `currency`.
    """

    paid_currency: Annotated[CurrencyCode, Field(examples=["USD"])]
    arrived: Amount | None = None

    def foreign(self) -> ForeignPayment:
        """As it is received."""
        return ForeignPayment(
            payment=self.new_payment(), paid_currency=self.paid_currency, arrived=self.arrived
        )


class ConvertedPaymentOut(ResponseModel):
    """A payment that was paid in another currency; no `rate_id` where it was said what arrived."""

    payment_id: UUID
    customer_id: UUID
    received_on: date
    paid_amount: JsonMoney
    paid_currency: str
    amount: JsonMoney
    currency: str
    rate: JsonMoney
    rate_id: UUID | None

    @classmethod
    def of(cls, converted: ConvertedPayment, payment: Payment) -> Self:
        """Both sides of the payment."""
        return cls(
            payment_id=payment.id,
            customer_id=payment.customer_id,
            received_on=payment.received_on,
            paid_amount=converted.paid_amount,
            paid_currency=converted.paid_currency,
            amount=payment.amount,
            currency=payment.currency,
            rate=converted.rate,
            rate_id=converted.rate_id,
        )
