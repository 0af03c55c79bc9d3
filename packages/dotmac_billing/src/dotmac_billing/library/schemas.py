"""What the library surface takes and gives, under the names of the founding documents."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from dotmac_billing.catalog.plan import HIGHEST_PRICE
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, PricingModel
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_billing.settings.schemas import CountryCode, CurrencyCode, TimeZoneName
from dotmac_billing.subscriptions.states import SubscriptionStatus


def _exact(value: object) -> object:
    # 29.99 means 29.99, not the binary fraction nearest to it.
    return Decimal(str(value)) if isinstance(value, float) else value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Price = Annotated[Exact, Field(ge=0, le=HIGHEST_PRICE, decimal_places=12)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=200)]

_NET_DAYS = re.compile(r"NET_(\d{1,3})")


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class CustomerCreate(_Input):
    """A payer. What is left out is the tenant's; `payment_terms` is such as `NET_30`."""

    customer_code: Code
    name: Name
    email: Annotated[str, Field(max_length=254)] | None = None
    company_name: Name | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    country: CountryCode | None = None
    currency: CurrencyCode | None = None
    time_zone: TimeZoneName | None = None
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


class BillingPlanCreate(_Input):
    """A plan with one price a period and, if wanted, one with the first bill.

    A `base_price` given as a float is taken as it is written: 29.99 is exactly 29.99.
    """

    plan_code: Code
    name: Name
    base_price: Price
    pricing_model: PricingModel = PricingModel.FLAT_RATE
    billing_cycle: BillingCycle = BillingCycle.MONTHLY
    billing_timing: BillingTiming = BillingTiming.ADVANCE
    currency: CurrencyCode | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    setup_fee: Price = Decimal(0)
    tax_code: Code | None = None
    is_public: bool = True


class SubscriptionCreate(_Input):
    """A customer's subscription to a plan. `custom_price` replaces the plan's for each unit."""

    customer_id: UUID
    billing_plan_id: UUID
    start_date: date | None = None
    end_date: date | None = None
    quantity: Annotated[Exact, Field(gt=0, decimal_places=9)] = Decimal(1)
    custom_price: Price | None = None


class CustomerRecord(_Record):
    """A payer."""

    id: UUID
    tenant_id: UUID
    customer_code: str
    name: str
    email: str | None
    company_name: str | None
    phone: str | None
    country: str | None
    currency: str
    time_zone: str
    payment_terms: str | None
    created_at: datetime


class BillingPlanRecord(_Record):
    """A plan as its newest version has it."""

    id: UUID
    tenant_id: UUID
    plan_code: str
    name: str
    description: str | None
    pricing_model: PricingModel
    billing_cycle: BillingCycle
    billing_timing: BillingTiming
    currency: str
    base_price: Decimal
    setup_fee: Decimal
    is_active: bool
    is_public: bool
    created_at: datetime


class SubscriptionRecord(_Record):
    """A subscription. `end_date` is the first day not served."""

    id: UUID
    tenant_id: UUID
    subscription_number: str
    customer_id: UUID
    billing_plan_id: UUID
    start_date: date
    end_date: date | None
    next_billing_date: date | None
    status: SubscriptionStatus
    quantity: Decimal
    custom_price: Decimal | None
    currency: str
    created_at: datetime


class InvoiceRecord(_Record):
    """An issued invoice and what is owed on it. The service period is half-open."""

    id: UUID
    tenant_id: UUID
    invoice_number: str
    customer_id: UUID
    subscription_id: UUID | None
    invoice_date: date
    due_date: date
    service_period_start: date | None
    service_period_end: date | None
    subtotal: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    amount_paid: Decimal
    amount_due: Decimal
    status: InvoiceStatus
    currency: str
    created_at: datetime

    @property
    def is_paid(self) -> bool:
        """Whether nothing is owed on it."""
        return self.status is InvoiceStatus.PAID


class PaymentRecord(_Record):
    """A payment that was received; `unapplied` is credit that the next invoice takes."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    amount: Decimal
    unapplied: Decimal
    currency: str
    payment_method: str
    payment_date: date
    reference: str | None
    created_at: datetime
