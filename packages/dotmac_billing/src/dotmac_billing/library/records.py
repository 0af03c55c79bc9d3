"""What the library surface gives: records under the names of the founding documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ChargeModel, PricingModel
from dotmac_billing.library.names import InvoiceStatus, PaymentStatus
from dotmac_billing.subscriptions.states import SubscriptionStatus

_NOTHING = Decimal(0)


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class CustomerRecord(_Record):
    """A payer."""

    id: UUID
    tenant_id: UUID
    customer_code: str
    name: str
    email: str | None
    company_name: str | None
    phone: str | None
    address_line1: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str | None
    tax_id: str | None
    currency: str
    time_zone: str
    payment_terms: str | None
    is_active: bool
    created_at: datetime


class TierRecord(_Record):
    """A tier of a plan; see `PricingTier`."""

    min_quantity: Decimal
    max_quantity: Decimal | None
    price_per_unit: Decimal
    flat_fee: Decimal


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
    cancellation_fee: Decimal
    trial_days: int
    usage_unit: str | None
    is_active: bool
    is_public: bool
    created_at: datetime
    usage_model: ChargeModel | None = Field(default=None, repr=False)
    usage_price: Mapping[str, Any] | None = Field(default=None, repr=False)

    @property
    def included_usage(self) -> Decimal:
        """How much of a period's usage is free."""
        tiers = self.tiers
        is_free = bool(tiers) and not tiers[0].price_per_unit and not tiers[0].flat_fee
        return (tiers[0].max_quantity or _NOTHING) if is_free else _NOTHING

    @property
    def overage_price(self) -> Decimal | None:
        """What a unit costs that is not included; None when nothing is counted."""
        if self.tiers:
            return self.tiers[-1].price_per_unit
        price = (self.usage_price or {}).get("unit_price")
        return None if price is None else Decimal(price)

    @property
    def tiers(self) -> tuple[TierRecord, ...]:
        """The tiers of what is counted, in their order; none when every unit costs the same."""
        found: list[TierRecord] = []
        start = _NOTHING
        for tier in (self.usage_price or {}).get("tiers", ()):
            up_to = tier.get("up_to")
            end = None if up_to is None else Decimal(up_to)
            found.append(
                TierRecord(
                    min_quantity=start,
                    max_quantity=end,
                    price_per_unit=Decimal(tier.get("unit_price", 0)),
                    flat_fee=Decimal(tier.get("flat_fee", 0)),
                )
            )
            start = end or start
        return tuple(found)


class SubscriptionRecord(_Record):
    """A subscription. `end_date` is the first day not served, `trial_end_date` the first paid."""

    id: UUID
    tenant_id: UUID
    subscription_number: str
    customer_id: UUID
    billing_plan_id: UUID
    start_date: date
    end_date: date | None
    trial_end_date: date | None
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
    discount_amount: Decimal
    total_amount: Decimal
    amount_paid: Decimal
    amount_due: Decimal
    status: InvoiceStatus
    currency: str
    sent_at: datetime | None
    created_at: datetime

    @property
    def is_paid(self) -> bool:
        """Whether nothing is owed on it because it was paid."""
        return self.status is InvoiceStatus.PAID

    @property
    def is_overdue(self) -> bool:
        """Whether something is owed on it past its due date, on the day it was read."""
        return self.status is InvoiceStatus.OVERDUE


class PaymentRecord(_Record):
    """A payment, or what was tried and failed; `unapplied` is credit that the next invoice takes.

    `payment_number` is short and stable. `gateway_transaction_id` is what the gateway knows it by.
    """

    id: UUID
    tenant_id: UUID
    payment_number: str
    customer_id: UUID
    invoice_id: UUID | None
    amount: Decimal
    unapplied: Decimal
    currency: str
    payment_method: str
    status: PaymentStatus
    payment_date: date
    reference: str | None
    gateway_transaction_id: str | None
    authorization_code: str | None
    failure_reason: str | None
    created_at: datetime


class UsageRecord(_Record):
    """Something that was used; `processed` says that it has been billed or dealt with elsewhere."""

    id: str
    tenant_id: UUID
    subscription_id: UUID
    usage_date: datetime
    quantity: Decimal
    unit_type: str
    description: str | None
    source_system: str | None
    processed: bool
    created_at: datetime
