"""Plans, their immutable versions with priced components, and tax rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.catalog.terms import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PricingModel,
)
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    UnitPrice,
    enum_type,
    tenant_foreign_key,
    tenant_unique,
)


class Plan(TenantOwned, BillingBase):
    """Something offered under a code. What it costs is said by its versions."""

    __tablename__ = "plans"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    description: Mapped[str | None] = mapped_column(sa.Text())
    is_public: Mapped[bool] = mapped_column(sa.Boolean())
    retired_on: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)

    def is_offered(self, on: date) -> bool:
        """Whether it may be subscribed to on that day; on `retired_on` it is too late."""
        return self.retired_on is None or on < self.retired_on


class PlanVersion(TenantOwned, BillingBase):
    """A plan's terms as published; never changed, so that subscriptions can point at it."""

    __tablename__ = "plan_versions"
    __table_args__ = (
        tenant_foreign_key("plan_id", "billing.plans"),
        tenant_unique("plan_id", "version"),
    )

    plan_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(sa.Integer())
    pricing_model: Mapped[PricingModel] = mapped_column(enum_type(PricingModel))
    cycle: Mapped[BillingCycle] = mapped_column(enum_type(BillingCycle))
    timing: Mapped[BillingTiming] = mapped_column(enum_type(BillingTiming))
    currency: Mapped[str] = mapped_column(sa.String(3))
    available_from: Mapped[date] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)


class PriceComponent(TenantOwned, BillingBase):
    """One priced part of a plan version, per period of its cycle; tax comes on top of the price."""

    __tablename__ = "price_components"
    __table_args__ = (
        tenant_foreign_key("plan_version_id", "billing.plan_versions"),
        tenant_unique("plan_version_id", "code"),
    )

    plan_version_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(sa.Integer())
    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[ComponentKind] = mapped_column(enum_type(ComponentKind))
    model: Mapped[ChargeModel] = mapped_column(enum_type(ChargeModel))
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    tax_code: Mapped[str | None] = mapped_column(sa.Text())


class TaxRate(TenantOwned, BillingBase):
    """A tax from a day on until the next row of its code; `rate` is a fraction (0.2 = 20 %)."""

    __tablename__ = "tax_rates"
    __table_args__ = (tenant_unique("code", "valid_from"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    valid_from: Mapped[date] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)
