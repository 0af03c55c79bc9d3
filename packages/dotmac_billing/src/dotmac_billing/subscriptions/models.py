"""Subscriptions and what is subscribed to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind, TrialEnd
from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.subscriptions.days import until
from dotmac_billing.subscriptions.errors import SubscriptionEndedError
from dotmac_billing.subscriptions.moments import Days, next_moment, rhythms
from dotmac_billing.subscriptions.states import SubscriptionStatus, may_move
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_core_ops.database import (
    Instant,
    Json,
    Quantity,
    TenantOwned,
    UnitPrice,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class Subscription(TenantOwned, BillingBase):
    """A customer's agreement to pay for a plan, period after period.

    `start_on` is the first day served, `end_on` the first day not served any more. Periods are
    counted from `anchor_on` (see `periods.py`). `billed_on` is the last moment that was billed (see
    `moments.py`) and `next_bill_on` the next; None when nothing was, or is left to be. Currency,
    cycle, timing and time zone are copies from plan and customer, so that a bill run reads one row.

    `payer_id` is another customer who is sent the invoices; `invoice_group` is the same id when
    that one wants a single invoice for all of them. `trial_end_on` is the first day after the
    trial and `trial_without_method` what then happens when nobody left a way to pay. The fixed
    term runs to `term_end_on` (first day after it) and goes on for `term_months` when it `renews`.
    `paused_on` is the first day of a pause, `resume_on` the first day after it. `access_until` is
    the first day without access, when that is not `end_on`; `features` overrides the plan's.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("plan_version_id", "billing.plan_versions"),
        tenant_foreign_key("payer_id", "billing.customers", name="fk_subscriptions_payer"),
        tenant_unique("number"),
        tenant_unique("external_id"),
        tenant_index("payer_id", name="ix_subscriptions_paid_by", where="payer_id IS NOT NULL"),
        tenant_index("customer_id", name="ix_subscriptions_tenant_id_customer_id"),
        tenant_index(
            "next_bill_on",
            "id",
            name="ix_subscriptions_due",
            where="next_bill_on IS NOT NULL",
        ),
        # Every bill run moves next_bill_on; free space lets the new row stay on its page.
        {"postgresql_with": {"fillfactor": 70}},
    )

    number: Mapped[str] = mapped_column(sa.Text())
    customer_id: Mapped[UUID]
    plan_version_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    cycle: Mapped[BillingCycle] = mapped_column(enum_type(BillingCycle))
    timing: Mapped[BillingTiming] = mapped_column(enum_type(BillingTiming))
    time_zone: Mapped[str] = mapped_column(sa.Text())
    start_on: Mapped[date] = mapped_column(sa.Date())
    anchor_on: Mapped[date] = mapped_column(sa.Date())
    end_on: Mapped[date | None] = mapped_column(sa.Date())
    status: Mapped[SubscriptionStatus] = mapped_column(enum_type(SubscriptionStatus))
    external_id: Mapped[str | None] = mapped_column(sa.Text())
    next_bill_on: Mapped[date | None] = mapped_column(sa.Date())
    billed_on: Mapped[date | None] = mapped_column(sa.Date())
    usage_billed_until: Mapped[date | None] = mapped_column(sa.Date())
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
    payer_id: Mapped[UUID | None]
    invoice_group: Mapped[UUID | None]
    term_months: Mapped[int | None] = mapped_column(sa.Integer())
    term_end_on: Mapped[date | None] = mapped_column(sa.Date())
    renews: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.true())
    paused_on: Mapped[date | None] = mapped_column(sa.Date())
    resume_on: Mapped[date | None] = mapped_column(sa.Date())
    trial_end_on: Mapped[date | None] = mapped_column(sa.Date())
    trial_without_method: Mapped[TrialEnd | None] = mapped_column(enum_type(TrialEnd))
    trial_warned_at: Mapped[datetime | None] = mapped_column(Instant)
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text())
    access_until: Mapped[date | None] = mapped_column(sa.Date())
    features: Mapped[dict[str, Any]] = mapped_column(Json, server_default=sa.text("'{}'"))
    transferred_from_id: Mapped[UUID | None]

    @property
    def is_open(self) -> bool:
        """Whether it runs or will run, and nobody has cancelled it."""
        return self.cancelled_at is None and may_move(self.status, SubscriptionStatus.CANCELLED)

    def is_held(self, *, has_payment_method: bool) -> bool:
        """Whether its trial waits for a way to pay, and nothing is billed past it until then."""
        if self.trial_without_method is None:
            return False
        if self.status is SubscriptionStatus.PAUSED and self.paused_on == self.trial_end_on:
            return True  # by the end of its trial: until it is resumed
        return not has_payment_method and self.status in {
            SubscriptionStatus.PENDING,
            SubscriptionStatus.TRIALING,
        }

    def days(self, *, is_held: bool = False) -> Days:
        """The days it is to be charged for as things stand."""
        ends = self.trial_end_on if is_held else None
        return Days(self.anchor_on, self.start_on, until(self.end_on, ends))

    def end(self, end_on: date, *, at: datetime, today: date, items: Iterable[ItemWindow]) -> None:
        """Let it end on `end_on` because of a cancellation at `at`, and bill only what is left.

        Raises:
            SubscriptionEndedError: it has ended, or was cancelled before.
        """
        if not self.is_open:
            raise SubscriptionEndedError(self.number, self.end_on)
        self.end_on = end_on
        self.cancelled_at = at
        if end_on <= max(today, self.start_on):
            self.status = SubscriptionStatus.CANCELLED
        self.next_bill_on = next_moment(rhythms(self.days(), items), self.billed_on)
        self.version += 1


class SubscriptionItem(TenantOwned, BillingBase):
    """One component subscribed to. `agreed_price` None means the component's list price.

    `starts_on` and `ends_on` (half-open) narrow the subscription's own days; None does not narrow.
    A change ends an item and starts another that `replaces_item_id` it, so that the items of a day
    are those whose window holds it. `anchor_on` None means the subscription's. `phase` is the code
    of the plan's phase that made the window, `percent_off` a fraction taken off the price in it.
    """

    __tablename__ = "subscription_items"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("component_id", "billing.price_components"),
        tenant_unique("subscription_id", "position", name="uq_subscription_items_position"),
    )

    subscription_id: Mapped[UUID]
    component_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(sa.Integer())
    description: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[ComponentKind] = mapped_column(enum_type(ComponentKind))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    agreed_price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    starts_on: Mapped[date | None] = mapped_column(sa.Date())
    ends_on: Mapped[date | None] = mapped_column(sa.Date())
    anchor_on: Mapped[date | None] = mapped_column(sa.Date())
    phase: Mapped[str | None] = mapped_column(sa.Text())
    percent_off: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    replaces_item_id: Mapped[UUID | None]
