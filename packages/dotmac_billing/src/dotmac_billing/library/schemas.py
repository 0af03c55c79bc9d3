"""What the library surface takes, under the names of the founding documents."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dotmac_billing.catalog.plan import HIGHEST_PRICE
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, PricingModel
from dotmac_billing.library.names import PaymentMethod
from dotmac_billing.settings.schemas import CountryCode, CurrencyCode, TimeZoneName


def _exact(value: object) -> object:
    # 29.99 means 29.99, not the binary fraction nearest to it.
    return Decimal(str(value)) if isinstance(value, float) else value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Price = Annotated[Exact, Field(ge=0, le=HIGHEST_PRICE, decimal_places=12)]
Amount = Annotated[Exact, Field(gt=0, le=HIGHEST_PRICE, decimal_places=4)]
Quantity = Annotated[Exact, Field(gt=0, decimal_places=9)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(max_length=254)]
Text = Annotated[str, Field(max_length=2000)]

_NET_DAYS = re.compile(r"NET_(\d{1,3})")


class _Input(BaseModel):
    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, frozen=True, from_attributes=True
    )


class _Payer(_Input):
    """What creating and changing a customer have in common."""

    email: Email | None = None
    company_name: Name | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    address_line1: Name | None = None
    address_line2: Name | None = None
    city: Name | None = None
    state: Annotated[str, Field(pattern="^[A-Z0-9]{1,3}$")] | None = None
    postal_code: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    country: CountryCode | None = None
    tax_id: Annotated[str, Field(min_length=2, max_length=40)] | None = None
    payment_terms: str | None = None

    @field_validator("payment_terms")
    @classmethod
    def _net_days(cls, value: str | None) -> str | None:
        if value is not None and _NET_DAYS.fullmatch(value) is None:
            raise ValueError("Payment terms are NET_ and a number of days, such as NET_30.")
        return value

    @property
    def payment_terms_days(self) -> int | None:
        """The number in `payment_terms`."""
        return None if self.payment_terms is None else int(self.payment_terms[4:])

    @property
    def street(self) -> str | None:
        """The lines of the address, as one."""
        lines = [line for line in (self.address_line1, self.address_line2) if line]
        return ", ".join(lines) or None


class CustomerCreate(_Payer):
    """A payer. What is left out is the tenant's; `payment_terms` is such as `NET_30`.

    `state` is what follows the hyphen in ISO 3166-2, `CA` for California. Who has a `tax_id` is
    taxed as a business.
    """

    customer_code: Code
    name: Name
    currency: CurrencyCode | None = None
    time_zone: TimeZoneName | None = None
    is_active: bool = True


class CustomerUpdate(_Payer):
    """New values; what is left out stays. Code and currency of a customer stay as they are."""

    name: Name | None = None
    time_zone: TimeZoneName | None = None
    is_active: bool | None = None


class PricingTier(_Input):
    """A tier of a plan: what a unit costs in it, and its flat fee.

    `max_quantity` belongs to the tier; None has no end. `min_quantity` is where the tier before
    ended, or one more than that.
    """

    tier_name: Name | None = None
    min_quantity: Annotated[Exact, Field(ge=0, decimal_places=9)] = Decimal(0)
    max_quantity: Quantity | None = None
    price_per_unit: Price = Decimal(0)
    flat_fee: Price = Decimal(0)


class BillingPlanCreate(_Input):
    """A plan with a price a period and whatever else the founding documents know of plans.

    A price given as a float is taken as it is written: 29.99 is exactly 29.99. `usage_unit` is the
    code of the meter that counts; it is made if there is none. Of what it counts in a period
    `included_usage` is free and the rest costs `overage_price` a unit, or all of it what the
    `tiers` say. Tiers without a unit are about the quantity of the subscription. The `setup_fee` is
    charged with the first bill, the `cancellation_fee` when the subscription is cancelled.
    """

    plan_code: Code
    name: Name
    base_price: Price = Decimal(0)
    pricing_model: PricingModel = PricingModel.FLAT_RATE
    billing_cycle: BillingCycle = BillingCycle.MONTHLY
    billing_timing: BillingTiming = BillingTiming.ADVANCE
    currency: CurrencyCode | None = None
    description: Text | None = None
    usage_unit: Code | None = None
    included_usage: Annotated[Exact, Field(ge=0, decimal_places=9)] = Decimal(0)
    overage_price: Price | None = None
    tiers: Annotated[tuple[PricingTier, ...], Field(max_length=100)] = ()
    setup_fee: Price = Decimal(0)
    cancellation_fee: Price = Decimal(0)
    trial_days: Annotated[int, Field(ge=0, le=1000)] = 0
    tax_code: Code | None = None
    is_active: bool = True
    is_public: bool = True

    @model_validator(mode="after")
    def _usage_makes_sense(self) -> BillingPlanCreate:
        if self.usage_unit is None and (self.included_usage or self.overage_price is not None):
            raise ValueError("Included usage and its overage need a usage_unit.")
        if self.tiers and (self.included_usage or self.overage_price is not None):
            raise ValueError("Say what usage costs by tiers or by an overage price, not both.")
        ends = Decimal(0)
        for position, tier in enumerate(self.tiers):
            if tier.min_quantity not in {ends, ends + 1} or (not position and tier.min_quantity):
                raise ValueError("Each tier begins where the one before ends, the first at 0.")
            if (tier.max_quantity is None) != (position == len(self.tiers) - 1):
                raise ValueError("The last tier, and only it, has no end.")
            ends = tier.max_quantity or ends
        return self


class BillingPlanUpdate(_Input):
    """New words for a plan; what is left out stays. Other prices are a new version of the plan."""

    name: Name | None = None
    description: Text | None = None
    is_public: bool | None = None
    is_active: bool | None = None


class SubscriptionCreate(_Input):
    """A customer's subscription to a plan. `custom_price` replaces the plan's for each unit."""

    customer_id: UUID
    billing_plan_id: UUID
    start_date: date | None = None
    end_date: date | None = None
    quantity: Quantity = Decimal(1)
    custom_price: Price | None = None


class SubscriptionUpdate(_Input):
    """A new quantity or plan, from `change_date` (None: today) on, or the day on which it ends."""

    quantity: Quantity | None = None
    billing_plan_id: UUID | None = None
    end_date: date | None = None
    change_date: date | None = None


class BillingPeriod(_Input):
    """A span of days; `period_end` is the first day that does not belong to it."""

    period_start: date
    period_end: date

    @model_validator(mode="after")
    def _has_days(self) -> BillingPeriod:
        if self.period_end <= self.period_start:
            raise ValueError("A period ends after it starts.")
        return self


class LineItemCreate(_Input):
    """A line of an invoice made by hand. `tax_code` None is not taxed."""

    description: Text
    unit_price: Annotated[Exact, Field(ge=-HIGHEST_PRICE, le=HIGHEST_PRICE, decimal_places=12)]
    quantity: Quantity = Decimal(1)
    tax_code: Code | None = None


class InvoiceCreate(_Input):
    """An invoice made by hand; without `due_date` the customer's terms hold."""

    customer_id: UUID
    line_items: Annotated[tuple[LineItemCreate, ...], Field(min_length=1, max_length=1000)]
    due_date: date | None = None
    currency: CurrencyCode | None = None


class PaymentCreate(_Input):
    """Money that came in. Without `invoice_id` it pays the oldest debts; the rest is credit.

    A second payment with the same `gateway_transaction_id` is the first one again.
    """

    customer_id: UUID
    amount: Amount
    payment_method: PaymentMethod = PaymentMethod.BANK_TRANSFER
    invoice_id: UUID | None = None
    payment_date: date | None = None
    currency: CurrencyCode | None = None
    reference: Name | None = None
    gateway_transaction_id: Name | None = None


class UsageRecordCreate(_Input):
    """Something that was used. `unit_type` None is what the plan of the subscription counts.

    `usage_date` is a day (its first instant in the customer's zone), an instant, or None for now.
    `idempotency_key` makes a repeat harmless; without one each call counts.
    """

    quantity: Quantity
    usage_date: datetime | date | None = None
    unit_type: Code | None = None
    description: Annotated[str, Field(max_length=200)] | None = None
    source_system: Annotated[str, Field(max_length=200)] | None = None
    idempotency_key: Annotated[str, Field(min_length=1, max_length=180)] | None = None

    @field_validator("usage_date", mode="before")
    @classmethod
    def _day_or_instant(cls, value: Any) -> Any:  # noqa: ANN401 (whatever was given)
        if isinstance(value, str) and len(value) == len("2026-11-20"):
            return date.fromisoformat(value)
        return value

    @field_validator("usage_date")
    @classmethod
    def _has_zone(cls, value: datetime | date | None) -> datetime | date | None:
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("An instant has a time zone; a day alone needs none.")
        return value
