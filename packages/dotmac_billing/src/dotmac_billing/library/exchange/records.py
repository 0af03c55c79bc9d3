"""What the library surface gives of rates of exchange, under the founding names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from dotmac_billing.exchange.rates import ExchangeRateStatus


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class ManualExchangeRate(_Record):
    """A rate that was written down: one `from_currency` is `rate` of `to_currency`.

    It holds from `valid_from`, up to, not including, `valid_until`, and never beyond the next rate
    of the pair. `status` is what it was on the day it was read.
    """

    id: UUID
    from_currency: str
    to_currency: str
    rate: Decimal
    valid_from: date
    valid_until: date | None
    source: str | None
    status: ExchangeRateStatus


class MultiCurrencyPayment(_Record):
    """A payment with what it was before it was changed: `rate` is what a unit of that came to."""

    payment_id: UUID
    customer_id: UUID
    received_on: date
    paid_amount: Decimal
    paid_currency: str
    amount: Decimal
    currency: str
    rate: Decimal


class CustomerCurrency(_Record):
    """A currency in which a customer is billed; `is_base` for the one that holds unless told."""

    customer_id: UUID
    currency: str
    is_base: bool
