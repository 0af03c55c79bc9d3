"""Meters, the events they count, and what these add up to.

Events and what is kept of each one belong to a series: one subscription, one meter, one set of
dimensions. Their keys begin with the series, so that all usage of a subscription lies together.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting
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

# Compared byte by byte: quicker than by a language's rules, and equal means identical.
Exact = sa.Text(collation="C")


class Meter(TenantOwned, BillingBase):
    """How events of one kind add up. Only name, lateness and archiving may change."""

    __tablename__ = "meters"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    aggregation: Mapped[Aggregation] = mapped_column(enum_type(Aggregation))
    weighting: Mapped[Weighting | None] = mapped_column(enum_type(Weighting))
    value_property: Mapped[str | None] = mapped_column(sa.Text())
    price_property: Mapped[str | None] = mapped_column(sa.Text())
    filters: Mapped[dict[str, list[str]]] = mapped_column(Json)
    dimensions: Mapped[list[str]] = mapped_column(Json)
    late_policy: Mapped[LatePolicy] = mapped_column(enum_type(LatePolicy))
    back_dating_days: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())


class UsageSeries(TenantOwned, BillingBase):
    """A subscription's usage on a meter with one set of values for the meter's dimensions.

    `dimensions` is a JSON object as text, its names in order: equal text means equal dimensions.
    """

    __tablename__ = "usage_series"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("meter_id", "billing.meters"),
        tenant_unique(
            "subscription_id", "meter_id", "dimensions", name="uq_usage_series_dimensions"
        ),
    )

    subscription_id: Mapped[UUID]
    meter_id: Mapped[UUID]
    dimensions: Mapped[str] = mapped_column(Exact)


class SeriesOwned:
    """A row of a series; the tenant is filled in by PostgreSQL, as everywhere."""

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(),
        primary_key=True,
        server_default=sa.text("core.current_tenant()"),
        sort_order=-20,
    )
    series_id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True, sort_order=-19)


class UsageEvent(SeriesOwned, BillingBase):
    """An event as it was reported; append-only, in partitions of a month each.

    Its primary key is the order in which it is read. That an event id comes once only is said by
    `UsageIdentity`: a unique key of this table would have to contain `at`.
    """

    __tablename__ = "usage_events"
    __table_args__ = (
        sa.Index("ix_usage_events_at", "tenant_id", "at", postgresql_using="brin"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    event_id: Mapped[str] = mapped_column(Exact, primary_key=True)
    value: Mapped[Decimal | None] = mapped_column(Quantity)
    member: Mapped[str | None] = mapped_column(sa.Text())
    price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    properties: Mapped[dict[str, object] | None] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(Instant)


class UsageIdentity(BillingBase):
    """Which event ids have been taken, and where the event is; kept for the back-dating window."""

    __tablename__ = "usage_identities"
    __table_args__ = (
        sa.Index("ix_usage_identities_at", "tenant_id", "at", postgresql_using="brin"),
    )

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, server_default=sa.text("core.current_tenant()")
    )
    event_id: Mapped[str] = mapped_column(Exact, primary_key=True)
    series_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Instant)


class UsageRollup(SeriesOwned, BillingBase):
    """What the events of one hour of the subscription's zone add up to.

    `events` how many, `total` of their values, `highest` of them, `latest` the last one's (of
    several at one instant the highest), `amount` of the prices that came with them. For weighted
    sums, `area` is the value held times seconds from `first_at` to `latest_at`.
    """

    __tablename__ = "usage_rollups"
    # Rows are added to until their hour is over; free space lets the new row stay on its page.
    __table_args__ = ({"postgresql_with": {"fillfactor": 90}},)

    hour: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    events: Mapped[int] = mapped_column(sa.Integer())
    total: Mapped[Decimal | None] = mapped_column(sa.Numeric())
    highest: Mapped[Decimal | None] = mapped_column(sa.Numeric())
    latest: Mapped[Decimal | None] = mapped_column(sa.Numeric())
    latest_at: Mapped[datetime | None] = mapped_column(Instant)
    first_at: Mapped[datetime | None] = mapped_column(Instant)
    area: Mapped[Decimal | None] = mapped_column(sa.Numeric())
    amount: Mapped[Decimal | None] = mapped_column(sa.Numeric())


class UsageMember(SeriesOwned, BillingBase):
    """A value that was seen in an hour, for unique counts; `events` is how often."""

    __tablename__ = "usage_members"

    hour: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    member: Mapped[str] = mapped_column(Exact, primary_key=True)
    events: Mapped[int] = mapped_column(sa.Integer())


class UsageCorrection(TenantOwned, BillingBase):
    """What an event is worth after all; the newest one counts. Append-only.

    `is_void` says that it counts for nothing. Else `value`, `member` and `price` stand in the place
    of the event's.
    """

    __tablename__ = "usage_corrections"
    __table_args__ = (tenant_index("series_id", "at", "event_id"),)

    event_id: Mapped[str] = mapped_column(Exact)
    series_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Instant)
    is_void: Mapped[bool] = mapped_column(sa.Boolean())
    value: Mapped[Decimal | None] = mapped_column(Quantity)
    member: Mapped[str | None] = mapped_column(sa.Text())
    price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    reason: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)


class LateMark(TenantOwned, BillingBase):
    """Usage of a day that had been billed, or was just being billed, when it changed.

    To be rated again: what it adds up to now minus what was billed. `is_certain` False means that a
    bill run may have seen it; then there is nothing left to bill.
    """

    __tablename__ = "usage_late"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("meter_id", "billing.meters"),
        tenant_index("subscription_id", name="ix_usage_late_unsettled", where="settled_at IS NULL"),
    )

    subscription_id: Mapped[UUID]
    meter_id: Mapped[UUID]
    day: Mapped[date] = mapped_column(sa.Date())
    events: Mapped[int] = mapped_column(sa.Integer())
    is_certain: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)


class UsageAlert(TenantOwned, BillingBase):
    """Tell when a subscription's usage of a period reaches `quantity`."""

    __tablename__ = "usage_alerts"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("meter_id", "billing.meters"),
        tenant_index(
            "subscription_id",
            "meter_id",
            "quantity",
            name="uq_usage_alerts_quantity",
            where="removed_at IS NULL",
            unique=True,
        ),
    )

    subscription_id: Mapped[UUID]
    meter_id: Mapped[UUID]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    percent: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 4))
    created_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class UsageAlertFiring(TenantOwned, BillingBase):
    """An alert went off; once in a period."""

    __tablename__ = "usage_alert_firings"
    __table_args__ = (
        tenant_foreign_key("alert_id", "billing.usage_alerts"),
        tenant_unique("alert_id", "period_start"),
    )

    alert_id: Mapped[UUID]
    period_start: Mapped[date] = mapped_column(sa.Date())
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric())
    fired_at: Mapped[datetime] = mapped_column(Instant)
