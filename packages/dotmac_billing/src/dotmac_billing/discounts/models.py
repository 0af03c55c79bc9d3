"""Coupons, who has redeemed them, and what they have taken off (append-only)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.discounts.coupon import Limits
from dotmac_billing.discounts.errors import RedemptionRevokedError
from dotmac_billing.discounts.terms import (
    CouponStatus,
    DiscountDuration,
    DiscountKind,
    DiscountScope,
    RedemptionStatus,
    VolumeTier,
)
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class Coupon(TenantOwned, BillingBase):
    """What a code takes off. What it takes off never changes; whether it can be redeemed may.

    `code` is in capitals. It is redeemable from `opens_on` up to, not including, `closes_on`; what
    was redeemed ends on `ends_on` at the latest. `percent_off` is a fraction; `amounts` (fixed) and
    `minimums` are amounts by currency, `tiers` pairs of quantity and fraction: numbers as text.
    `redemptions` counts those ever made, revoked ones too.
    """

    __tablename__ = "coupons"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[DiscountKind] = mapped_column(enum_type(DiscountKind))
    percent_off: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    amounts: Mapped[dict[str, str]] = mapped_column(Json)
    tiers: Mapped[list[list[str]]] = mapped_column(Json)
    duration: Mapped[DiscountDuration] = mapped_column(enum_type(DiscountDuration))
    periods: Mapped[int | None] = mapped_column(sa.Integer())
    carries_over: Mapped[bool] = mapped_column(sa.Boolean())
    priority: Mapped[int] = mapped_column(sa.Integer())
    plan_ids: Mapped[list[str]] = mapped_column(Json)
    component_codes: Mapped[list[str]] = mapped_column(Json)
    currencies: Mapped[list[str]] = mapped_column(Json)
    minimums: Mapped[dict[str, str]] = mapped_column(Json)
    opens_on: Mapped[date | None] = mapped_column(sa.Date())
    closes_on: Mapped[date | None] = mapped_column(sa.Date())
    ends_on: Mapped[date | None] = mapped_column(sa.Date())
    most_redemptions: Mapped[int | None] = mapped_column(sa.Integer())
    most_per_customer: Mapped[int | None] = mapped_column(sa.Integer())
    first_time_only: Mapped[bool] = mapped_column(sa.Boolean())
    redemptions: Mapped[int] = mapped_column(sa.Integer())
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())

    @property
    def status(self) -> CouponStatus:
        """How it stands, days not looked at."""
        if self.archived_at is not None:
            return CouponStatus.ARCHIVED
        if self.most_redemptions is not None and self.redemptions >= self.most_redemptions:
            return CouponStatus.USED_UP
        return CouponStatus.ACTIVE

    @property
    def limits(self) -> Limits:
        """Who may redeem it."""
        known = self.amounts if self.kind is DiscountKind.FIXED else self.currencies
        return Limits(
            is_archived=self.archived_at is not None,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            ends_on=self.ends_on,
            most_redemptions=self.most_redemptions,
            most_per_customer=self.most_per_customer,
            first_time_only=self.first_time_only,
            currencies=frozenset(known) or None,
            redemptions=self.redemptions,
            code=self.code,
        )

    @property
    def first_uses(self) -> int | None:
        """How many invoices it can be taken off; None is without end."""
        if self.duration is DiscountDuration.REPEATING:
            return self.periods
        is_once = self.duration is DiscountDuration.ONCE and not self.carries_over
        return 1 if is_once else None

    def as_redeemed(self, currency: str, on: date) -> Redeemed:
        """As one who redeems it on a day would have it, for everything; for previews."""
        is_fixed = self.kind is DiscountKind.FIXED
        return Redeemed(
            id=self.id,
            coupon_id=self.id,
            customer_id=self.id,
            code=self.code,
            name=self.name,
            kind=self.kind,
            value=Decimal(self.amounts[currency]) if is_fixed else self.percent_off or Decimal(0),
            currency=currency,
            priority=self.priority,
            scope=DiscountScope(
                frozenset(UUID(one) for one in self.plan_ids), frozenset(self.component_codes)
            ),
            subscription_id=None,
            starts_on=on,
            ends_on=self.ends_on,
            uses_left=self.first_uses,
            amount_left=self.first_amount(currency),
            minimum=Decimal(self.minimums.get(currency, 0)),
            tiers=tuple(VolumeTier(Decimal(above), Decimal(off)) for above, off in self.tiers),
        )

    def first_amount(self, currency: str) -> Decimal | None:
        """What of it carries over from invoice to invoice until it is used up."""
        return Decimal(self.amounts[currency]) if self.carries_over else None


class CouponRedemption(TenantOwned, BillingBase):
    """A coupon in a customer's hands: for one subscription of theirs, or for all of them.

    Of `component_code` only, if it names one. `uses_left` and `amount_left` go down with each
    invoice; when nothing is left, or it is revoked, it is not `is_live` any more.
    """

    __tablename__ = "coupon_redemptions"
    __table_args__ = (
        tenant_foreign_key("coupon_id", "billing.coupons"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        sa.CheckConstraint("uses_left >= 0 AND amount_left >= 0", name="not_overused"),
        tenant_index("coupon_id", "customer_id", name="ix_coupon_redemptions_coupon"),
        tenant_index("customer_id", name="ix_coupon_redemptions_customer"),
        tenant_index(
            "subscription_id",
            name="ix_coupon_redemptions_subscription",
            where="subscription_id IS NOT NULL",
        ),
    )

    coupon_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    subscription_id: Mapped[UUID | None]
    component_code: Mapped[str | None] = mapped_column(sa.Text())
    currency: Mapped[str] = mapped_column(sa.String(3))
    starts_on: Mapped[date] = mapped_column(sa.Date())
    ends_on: Mapped[date | None] = mapped_column(sa.Date())
    uses: Mapped[int] = mapped_column(sa.Integer())
    uses_left: Mapped[int | None] = mapped_column(sa.Integer())
    taken_off: Mapped[Decimal] = mapped_column(MoneyAmount)
    amount_left: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    is_live: Mapped[bool] = mapped_column(sa.Boolean())
    redeemed_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def status(self) -> RedemptionStatus:
        """How it stands, days not looked at."""
        if self.revoked_at is not None:
            return RedemptionStatus.REVOKED
        return RedemptionStatus.LIVE if self.is_live else RedemptionStatus.USED_UP

    def revoke(self, at: datetime) -> None:
        """Let no further invoice have it.

        Raises:
            RedemptionRevokedError: that was done before.
        """
        if self.revoked_at is not None:
            raise RedemptionRevokedError(self.id)
        self.revoked_at = at
        self.is_live = False


class CouponUse(TenantOwned, BillingBase):
    """What a redemption took off an invoice.

    `invoice_id` is no foreign key, so that it can be written before the invoice has its number,
    while nobody waits for the series.
    """

    __tablename__ = "coupon_uses"
    __table_args__ = (
        tenant_foreign_key("redemption_id", "billing.coupon_redemptions"),
        tenant_unique("redemption_id", "invoice_id", name="uq_coupon_uses_invoice"),
        tenant_index("invoice_id", name="ix_coupon_uses_invoice"),
    )

    redemption_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    used_on: Mapped[date] = mapped_column(sa.Date())
