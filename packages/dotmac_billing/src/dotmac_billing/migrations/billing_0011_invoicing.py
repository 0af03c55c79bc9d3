"""Moments, lines with discount and explanation, pending lines, histories of parties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    Quantity,
    UnitPrice,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0011"
down_revision = "billing_0010"
branch_labels = None
depends_on = None

# Subscriptions so far had one rhythm. The last moment billed is the first day of the period before
# the next (ahead), or of the next itself (afterwards).
_BACKFILL = """
UPDATE billing.subscriptions SET billed_on = CASE cycle
  WHEN 'one_time' THEN anchor_on
  WHEN 'weekly' THEN anchor_on + 7 * (next_period - CASE timing WHEN 'advance' THEN 1 ELSE 0 END)
  ELSE (anchor_on + make_interval(months => (next_period
    - CASE timing WHEN 'advance' THEN 1 ELSE 0 END) * CASE cycle WHEN 'monthly' THEN 1
    WHEN 'quarterly' THEN 3 WHEN 'semi_annually' THEN 6 ELSE 12 END))::date END
WHERE next_bill_on IS NULL OR next_bill_on > start_on
"""

# The index of the first period not billed: that of the next moment, or the one after the last one.
# Ahead a moment is the first day of its period, afterwards the day after its last.
_PERIODS = """
WITH reached AS (
  SELECT tenant_id, id, anchor_on, cycle, coalesce(next_bill_on, billed_on, start_on)
      - CASE WHEN timing = 'arrears' AND coalesce(next_bill_on, billed_on) IS NOT NULL
        THEN 1 ELSE 0 END AS day,
    CASE WHEN next_bill_on IS NULL AND billed_on IS NOT NULL THEN 1 ELSE 0 END AS further,
    CASE cycle WHEN 'quarterly' THEN 3 WHEN 'semi_annually' THEN 6 WHEN 'annually' THEN 12
      ELSE 1 END AS months
  FROM billing.subscriptions
), counted AS (
  SELECT *, floor(((extract(year FROM day) - extract(year FROM anchor_on)) * 12
    + extract(month FROM day) - extract(month FROM anchor_on)) / months)::int AS n FROM reached
)
UPDATE billing.subscriptions s SET next_period = c.further + CASE c.cycle
  WHEN 'one_time' THEN 0
  WHEN 'weekly' THEN floor((c.day - c.anchor_on) / 7.0)::int
  ELSE c.n - CASE WHEN c.anchor_on + make_interval(months => c.n * c.months) > c.day
    THEN 1 ELSE 0 END END
FROM counted c WHERE c.tenant_id = s.tenant_id AND c.id = s.id
"""

# What a party was before a change stands beside the version it had: an invoice names the version.
_KEEP_VERSION = """
CREATE FUNCTION billing.keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO billing.party_versions (id, party, party_id, version, data)
  VALUES (gen_random_uuid(), TG_ARGV[0], OLD.id, OLD.version, to_jsonb(OLD) - 'tenant_id')
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""
_PARTIES = (("customers", "customer"), ("settings", "seller"))


def upgrade() -> None:
    _subscriptions()
    _invoices()
    _lines_and_taxes()
    _pending_lines()
    _parties()


def downgrade() -> None:
    for table, _ in _PARTIES:
        op.execute(f"DROP TRIGGER keep_version ON billing.{table}")
    op.execute("DROP FUNCTION billing.keep_version()")
    op.drop_table("party_versions", schema="billing")
    op.drop_table("pending_lines", schema="billing")
    op.drop_index("ix_invoice_lines_item", "invoice_lines", schema="billing")
    op.drop_index("ix_invoice_lines_reverses", "invoice_lines", schema="billing")
    for column in (
        *("kind", "gross", "discount", "tax", "explanation", "reverses_line_id"),
        *("subscription_id",),
    ):
        op.drop_column("invoice_lines", column, schema="billing")
    op.drop_constraint("uq_invoice_taxes_treatment", "invoice_taxes", schema="billing")
    op.create_unique_constraint(
        "uq_invoice_taxes_treatment",
        "invoice_taxes",
        ["tenant_id", "invoice_id", "treatment", "tax_code", "rate"],
        schema="billing",
    )
    for column in ("line_rate", "is_compound"):
        op.drop_column("invoice_taxes", column, schema="billing")
    op.drop_constraint("uq_invoices_moment", "invoices", schema="billing")
    op.create_unique_constraint(
        "uq_invoices_period",
        "invoices",
        ["tenant_id", "subscription_id", "kind", "period_start"],
        schema="billing",
    )
    for column in ("bill_on", "customer_version", "seller_version", "discount", "exchange_rate"):
        op.drop_column("invoices", column, schema="billing")
    op.drop_column("settings", "draft_days", schema="billing")
    _add("subscriptions", sa.Column("next_period", sa.Integer(), nullable=True))
    _for_all_tenants(_PERIODS)
    op.alter_column("subscriptions", "next_period", nullable=False, schema="billing")
    for column in ("billed_on", "usage_billed_until"):
        op.drop_column("subscriptions", column, schema="billing")


def _add(table: str, *columns: sa.Column[object]) -> None:
    for column in columns:
        op.add_column(table, column, schema="billing")


def _for_all_tenants(statement: str) -> None:
    op.execute("CREATE POLICY backfill ON billing.subscriptions TO CURRENT_USER USING (true)")
    op.execute(statement)
    op.execute("DROP POLICY backfill ON billing.subscriptions")


def _subscriptions() -> None:
    _add(
        "settings",
        sa.Column("draft_days", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    _add(
        "subscriptions",
        sa.Column("billed_on", sa.Date(), nullable=True),
        sa.Column("usage_billed_until", sa.Date(), nullable=True),
    )
    _for_all_tenants(_BACKFILL)
    op.drop_column("subscriptions", "next_period", schema="billing")


def _invoices() -> None:
    _add(
        "invoices",
        sa.Column("bill_on", sa.Date(), nullable=True),
        sa.Column("customer_version", sa.Integer(), nullable=True),
        sa.Column("seller_version", sa.Integer(), nullable=True),
        sa.Column("discount", MoneyAmount, nullable=False, server_default=sa.text("0")),
        sa.Column("exchange_rate", sa.Numeric(18, 9), nullable=True),
    )
    op.drop_constraint("uq_invoices_period", "invoices", schema="billing")
    op.create_unique_constraint(
        "uq_invoices_moment",
        "invoices",
        ["tenant_id", "subscription_id", "kind", "bill_on"],
        schema="billing",
    )


def _lines_and_taxes() -> None:
    _add(
        "invoice_lines",
        sa.Column("kind", sa.String(40), nullable=False, server_default="charge"),
        sa.Column("gross", MoneyAmount, nullable=True),
        sa.Column("discount", MoneyAmount, nullable=False, server_default=sa.text("0")),
        sa.Column("tax", MoneyAmount, nullable=True),
        sa.Column("explanation", JSONB(), nullable=True),
        sa.Column("reverses_line_id", sa.Uuid(), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
    )
    _add(
        "invoice_taxes",
        sa.Column("line_rate", sa.Numeric(9, 6), nullable=True),
        sa.Column("is_compound", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.drop_constraint("uq_invoice_taxes_treatment", "invoice_taxes", schema="billing")
    op.create_unique_constraint(
        "uq_invoice_taxes_treatment",
        "invoice_taxes",
        ["tenant_id", "invoice_id", "treatment", "line_rate", "tax_code", "rate"],
        schema="billing",
    )
    op.create_index(
        "ix_invoice_lines_item",
        "invoice_lines",
        ["tenant_id", "item_id", "period_end"],
        schema="billing",
    )
    op.create_index(
        "ix_invoice_lines_reverses",
        "invoice_lines",
        ["tenant_id", "reverses_line_id"],
        schema="billing",
        postgresql_where=sa.text("reverses_line_id IS NOT NULL"),
    )


def _pending_lines() -> None:
    op.create_table(
        "pending_lines",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", Quantity, nullable=False),
        sa.Column("unit_price", UnitPrice, nullable=False),
        sa.Column("amount", MoneyAmount, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("bill_from", sa.Date(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("tax_code", sa.Text(), nullable=True),
        sa.Column("includes_tax", sa.Boolean(), nullable=False),
        sa.Column("reverses_line_id", sa.Uuid(), nullable=True),
        sa.Column("explanation", JSONB(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", Instant, nullable=True),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        schema="billing",
    )
    for owner in ("customer_id", "subscription_id"):
        op.create_index(
            f"ix_pending_lines_{owner}",
            "pending_lines",
            ["tenant_id", owner],
            schema="billing",
            postgresql_where=sa.text("invoice_id IS NULL AND withdrawn_at IS NULL"),
        )
    isolate_tenants("billing.pending_lines")


def _parties() -> None:
    op.create_table(
        "party_versions",
        *tenant_columns(),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        tenant_unique("party", "party_id", "version"),
        schema="billing",
    )
    isolate_tenants("billing.party_versions")
    append_only("billing.party_versions")
    op.execute(_KEEP_VERSION)
    for table, party in _PARTIES:
        op.execute(
            f"CREATE TRIGGER keep_version AFTER UPDATE ON billing.{table} FOR EACH ROW "
            "WHEN (OLD.version IS DISTINCT FROM NEW.version) "
            f"EXECUTE FUNCTION billing.keep_version('{party}')"
        )
