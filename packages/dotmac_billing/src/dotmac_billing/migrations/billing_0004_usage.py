"""Meters, usage events, hourly rollups, alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dotmac_core_ops.database import (
    Instant,
    Quantity,
    UnitPrice,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0004"
down_revision = "billing_0003"
branch_labels = None
depends_on = None

CHANGEABLE = (
    *("meters", "usage_series", "usage_identities", "usage_rollups", "usage_members"),
    *("usage_late", "usage_alerts"),
)
APPEND_ONLY = ("usage_events", "usage_corrections", "usage_alert_firings")

# Partitions live where role app cannot look: rows are reached through the table only, whose
# policies then hold. Role app owns nothing, so that it makes one through this function. Made apart
# and then attached, because CREATE TABLE … PARTITION OF would stop all reading and writing.
_MAKE_PARTITION = """
CREATE FUNCTION billing.make_usage_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '5s' AS $$
DECLARE
  first date := date_trunc('month', month)::date;
  part text := 'usage_events_' || to_char(first, 'YYYY_MM');
BEGIN
  IF to_regclass('billing_partitions.' || part) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Two that need the same month at once: the second waits here and finds it made. It asks the
  -- table itself; to_regclass remembers that there was none before it waited.
  PERFORM pg_advisory_xact_lock(hashtext('billing.make_usage_partition'));
  IF EXISTS (SELECT FROM pg_class WHERE relname = part
             AND relnamespace = 'billing_partitions'::regnamespace) THEN
    RETURN false;
  END IF;
  EXECUTE format(
    'CREATE TABLE billing_partitions.%I (LIKE billing.usage_events INCLUDING ALL)', part);
  EXECUTE format('ALTER TABLE billing_partitions.%I ENABLE ROW LEVEL SECURITY', part);
  EXECUTE format('ALTER TABLE billing_partitions.%I FORCE ROW LEVEL SECURITY', part);
  EXECUTE format('CREATE POLICY tenant_isolation ON billing_partitions.%I '
    'USING (tenant_id = (SELECT core.current_tenant())) '
    'WITH CHECK (tenant_id = (SELECT core.current_tenant()))', part);
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE '
    'ON billing_partitions.%I FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change()', part);
  EXECUTE format('ALTER TABLE billing.usage_events ATTACH PARTITION billing_partitions.%I '
    'FOR VALUES FROM (%L) TO (%L)', part,
    first::timestamp AT TIME ZONE 'UTC',
    (first + interval '1 month') AT TIME ZONE 'UTC');
  RETURN true;
END $$
"""

_DROP_PARTITION = """
CREATE FUNCTION billing.drop_usage_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '5s' AS $$
DECLARE part text := 'usage_events_' || to_char(date_trunc('month', month), 'YYYY_MM');
BEGIN
  IF to_regclass('billing_partitions.' || part) IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE billing_partitions.%I', part);
  RETURN true;
END $$
"""

_PARTITIONS = """
CREATE FUNCTION billing.usage_partitions() RETURNS SETOF date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT to_date(right(c.relname, 7), 'YYYY_MM')
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'billing.usage_events'::regclass AND c.relname LIKE 'usage\\_events\\_%'
  ORDER BY 1
$$
"""


def upgrade() -> None:
    _meters()
    _events()
    _rollups()
    _corrections()
    _late()
    _alerts()
    for table in (*CHANGEABLE, *APPEND_ONLY):
        isolate_tenants(f"billing.{table}")
    for table in APPEND_ONLY:
        append_only(f"billing.{table}")
    op.execute("CREATE SCHEMA billing_partitions")
    for function in (_MAKE_PARTITION, _DROP_PARTITION, _PARTITIONS):
        op.execute(function)
    rights = (
        ("make_usage_partition(date)", "dotmac_app, dotmac_relay"),
        ("usage_partitions()", "dotmac_app, dotmac_relay"),
        ("drop_usage_partition(date)", "dotmac_relay"),
    )
    for function, roles in rights:
        op.execute(f"REVOKE ALL ON FUNCTION billing.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION billing.{function} TO {roles}")


def downgrade() -> None:
    for function in (
        *("make_usage_partition(date)", "drop_usage_partition(date)", "usage_partitions()"),
    ):
        op.execute(f"DROP FUNCTION billing.{function}")
    for table in (
        *("usage_alert_firings", "usage_alerts", "usage_late", "usage_corrections"),
        *("usage_members", "usage_rollups", "usage_identities", "usage_events", "usage_series"),
        "meters",
    ):
        op.drop_table(table, schema="billing")
    op.execute("DROP SCHEMA billing_partitions")


def _uuid(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _text(name: str, *, nullable: bool = False, exact: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(collation="C" if exact else None), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Instant, nullable=nullable)


def _enum(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=nullable)


def _tenant() -> sa.Column[object]:
    return sa.Column(
        "tenant_id", sa.Uuid(), nullable=False, server_default=sa.text("core.current_tenant()")
    )


def _worth() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("value", Quantity, nullable=True),
        _text("member", nullable=True),
        sa.Column("price", UnitPrice, nullable=True),
    )


def _meters() -> None:
    op.create_table(
        "meters",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        _enum("aggregation"),
        _enum("weighting", nullable=True),
        _text("value_property", nullable=True),
        _text("price_property", nullable=True),
        sa.Column("filters", JSONB(), nullable=False),
        sa.Column("dimensions", JSONB(), nullable=False),
        _enum("late_policy"),
        sa.Column("back_dating_days", sa.Integer(), nullable=False),
        _at("created_at"),
        _at("archived_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_table(
        "usage_series",
        *tenant_columns(),
        _uuid("subscription_id"),
        _uuid("meter_id"),
        _text("dimensions", exact=True),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("meter_id", "billing.meters"),
        tenant_unique(
            "subscription_id", "meter_id", "dimensions", name="uq_usage_series_dimensions"
        ),
        schema="billing",
    )


def _events() -> None:
    # No foreign keys: with some hundred thousand rows a second a check per row is too dear, and
    # series are neither changed nor deleted. See docs/decisions.
    op.create_table(
        "usage_events",
        _tenant(),
        _uuid("series_id"),
        _at("at"),
        _text("event_id", exact=True),
        *_worth(),
        sa.Column("properties", JSONB(), nullable=True),
        _at("received_at"),
        sa.PrimaryKeyConstraint("tenant_id", "series_id", "at", "event_id"),
        schema="billing",
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "usage_identities",
        _tenant(),
        _text("event_id", exact=True),
        _uuid("series_id"),
        _at("at"),
        sa.PrimaryKeyConstraint("tenant_id", "event_id"),
        schema="billing",
    )
    for table in ("usage_events", "usage_identities"):
        op.create_index(
            f"ix_{table}_at",
            table,
            ["tenant_id", "at"],
            schema="billing",
            postgresql_using="brin",
        )


def _rollups() -> None:
    op.create_table(
        "usage_rollups",
        _tenant(),
        _uuid("series_id"),
        _at("hour"),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=True),
        sa.Column("highest", sa.Numeric(), nullable=True),
        sa.Column("latest", sa.Numeric(), nullable=True),
        _at("latest_at", nullable=True),
        _at("first_at", nullable=True),
        sa.Column("area", sa.Numeric(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "series_id", "hour"),
        schema="billing",
        postgresql_with={"fillfactor": 90},
    )
    op.create_table(
        "usage_members",
        _tenant(),
        _uuid("series_id"),
        _at("hour"),
        _text("member", exact=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "series_id", "hour", "member"),
        schema="billing",
    )


def _corrections() -> None:
    op.create_table(
        "usage_corrections",
        *tenant_columns(),
        _text("event_id", exact=True),
        _uuid("series_id"),
        _at("at"),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        *_worth(),
        _text("reason", nullable=True),
        _at("created_at"),
        schema="billing",
    )
    op.create_index(
        "ix_usage_corrections_tenant_id_series_id_at_event_id",
        "usage_corrections",
        ["tenant_id", "series_id", "at", "event_id"],
        schema="billing",
    )


def _late() -> None:
    op.create_table(
        "usage_late",
        *tenant_columns(),
        _uuid("subscription_id"),
        _uuid("meter_id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        _at("created_at"),
        _at("settled_at", nullable=True),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("meter_id", "billing.meters"),
        schema="billing",
    )
    op.create_index(
        "ix_usage_late_unsettled",
        "usage_late",
        ["tenant_id", "subscription_id"],
        schema="billing",
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _alerts() -> None:
    op.create_table(
        "usage_alerts",
        *tenant_columns(),
        _uuid("subscription_id"),
        _uuid("meter_id"),
        sa.Column("quantity", Quantity, nullable=False),
        sa.Column("percent", sa.Numeric(9, 4), nullable=True),
        _at("created_at"),
        _at("removed_at", nullable=True),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("meter_id", "billing.meters"),
        schema="billing",
    )
    op.create_index(
        "uq_usage_alerts_quantity",
        "usage_alerts",
        ["tenant_id", "subscription_id", "meter_id", "quantity"],
        schema="billing",
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "usage_alert_firings",
        *tenant_columns(),
        _uuid("alert_id"),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        _at("fired_at"),
        tenant_foreign_key("alert_id", "billing.usage_alerts"),
        tenant_unique("alert_id", "period_start"),
        schema="billing",
    )
