"""Products, plans, their immutable versions with priced components, change rules, tax rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.selector import ANY
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChangeBehaviour,
    ChangeDirection,
    ChargeModel,
    ComponentKind,
    PricingModel,
    Rollout,
)
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    UnitPrice,
    enum_type,
    new_id,
    tenant_foreign_key,
    tenant_unique,
)

_EMPTY_LIST = sa.text("'[]'::jsonb")
_EMPTY_OBJECT = sa.text("'{}'::jsonb")


class Product(TenantOwned, BillingBase):
    """What is sold, whatever it costs: `Internet`. Its plans are the ways to buy it."""

    __tablename__ = "products"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    description: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)


class Plan(TenantOwned, BillingBase):
    """Something offered under a code. What it costs is said by its versions."""

    __tablename__ = "plans"
    __table_args__ = (tenant_foreign_key("product_id", "billing.products"), tenant_unique("code"))

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    description: Mapped[str | None] = mapped_column(sa.Text())
    is_public: Mapped[bool] = mapped_column(sa.Boolean())
    retired_on: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)
    product_id: Mapped[UUID | None]
    is_add_on: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())

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
    phases: Mapped[list[Any]] = mapped_column(Json, server_default=_EMPTY_LIST)
    alignment: Mapped[Alignment] = mapped_column(
        enum_type(Alignment), server_default=Alignment.ANNIVERSARY.value
    )
    term_months: Mapped[int | None] = mapped_column(sa.Integer())
    renews: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.true())
    termination_fee: Mapped[dict[str, Any]] = mapped_column(Json, server_default=_EMPTY_OBJECT)
    add_on_to: Mapped[list[Any]] = mapped_column(Json, server_default=_EMPTY_LIST)
    features: Mapped[dict[str, Any]] = mapped_column(Json, server_default=_EMPTY_OBJECT)
    rollout: Mapped[Rollout] = mapped_column(enum_type(Rollout), server_default=Rollout.NEVER.value)
    rollout_on: Mapped[date | None] = mapped_column(sa.Date())
    change_rules: Mapped[list[Any]] = mapped_column(Json, server_default=_EMPTY_LIST)
    thresholds: Mapped[dict[str, Any]] = mapped_column(Json, server_default=_EMPTY_OBJECT)


class PriceComponent(TenantOwned, BillingBase):
    """One priced part of a plan version, per period of its cycle.

    `cycle` and `timing` None mean the version's. `prices` holds, by currency, the parameters of
    `model` with every number as text; None in rows from before there were others than
    `unit_price`. `filters` and `group_by` are about the properties of `meter`'s events.
    """

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
    cycle: Mapped[BillingCycle | None] = mapped_column(enum_type(BillingCycle))
    timing: Mapped[BillingTiming | None] = mapped_column(enum_type(BillingTiming))
    prices: Mapped[dict[str, Any] | None] = mapped_column(Json)
    meter: Mapped[str | None] = mapped_column(sa.Text())
    filters: Mapped[dict[str, Any]] = mapped_column(Json, server_default=_EMPTY_OBJECT)
    group_by: Mapped[list[Any]] = mapped_column(Json, server_default=_EMPTY_LIST)
    phases: Mapped[list[Any]] = mapped_column(Json, server_default=_EMPTY_LIST)
    is_prorated: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.true())
    includes_tax: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())


class PlanChangeRule(TenantOwned, BillingBase):
    """What becomes of a change of plan, for the whole tenant; see `change_rules.py`.

    `direction` is `*` for any, so that the key holds for it too.
    """

    __tablename__ = "change_rules"
    __table_args__ = (tenant_unique("from_what", "to_what", "direction"),)

    from_what: Mapped[str] = mapped_column(sa.Text())
    to_what: Mapped[str] = mapped_column(sa.Text())
    direction: Mapped[str] = mapped_column(sa.String(40))
    behaviour: Mapped[ChangeBehaviour] = mapped_column(enum_type(ChangeBehaviour))

    @classmethod
    def of(cls, rule: ChangeRule) -> PlanChangeRule:
        """A row for the rule."""
        return cls(
            id=new_id(),
            from_what=rule.from_what,
            to_what=rule.to_what,
            direction=ANY if rule.direction is None else rule.direction.value,
            behaviour=rule.behaviour,
        )

    def rule(self) -> ChangeRule:
        """The rule that the row is about."""
        direction = None if self.direction == ANY else ChangeDirection(self.direction)
        return ChangeRule(self.behaviour, self.from_what, self.to_what, direction)


class TaxRate(TenantOwned, BillingBase):
    """A tax from a day on until the next row of its code; `rate` is a fraction (0.2 = 20 %)."""

    __tablename__ = "tax_rates"
    __table_args__ = (tenant_unique("code", "valid_from"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    valid_from: Mapped[date] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)
