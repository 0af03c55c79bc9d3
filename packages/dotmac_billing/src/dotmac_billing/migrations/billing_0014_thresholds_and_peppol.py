"""Billing at thresholds, and drawn documents that are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    Quantity,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0014"
down_revision = "billing_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "plan_versions",
        sa.Column("thresholds", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
        schema="billing",
    )
    _thresholds()
    _interim_periods()
    _drawn_documents()


def downgrade() -> None:
    for table in (
        "drawn_documents",
        "interim_periods",
        "threshold_sweeps",
        "threshold_invoices",
        "subscription_thresholds",
    ):
        op.drop_table(table, schema="billing")
    op.drop_column("plan_versions", "thresholds", schema="billing")


def _thresholds() -> None:
    op.create_table(
        "subscription_thresholds",
        *tenant_columns(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("thresholds", JSONB(), nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_unique("subscription_id"),
        schema="billing",
    )
    isolate_tenants("billing.subscription_thresholds")
    op.create_table(
        "threshold_invoices",
        *tenant_columns(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("threshold", Quantity, nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("total", MoneyAmount, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_id"),
        schema="billing",
    )
    op.create_index(
        "ix_threshold_invoices_subscription",
        "threshold_invoices",
        ["tenant_id", "subscription_id", "id"],
        schema="billing",
    )
    isolate_tenants("billing.threshold_invoices")
    append_only("billing.threshold_invoices")
    op.create_table(
        "threshold_sweeps",
        *tenant_columns(),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id"),
        schema="billing",
    )
    isolate_tenants("billing.threshold_sweeps")


def _interim_periods() -> None:
    op.create_table(
        "interim_periods",
        *tenant_columns(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("settled_at", Instant, nullable=True),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("item_id", "billing.subscription_items"),
        tenant_unique("item_id", "period_start", name="uq_interim_periods_item"),
        schema="billing",
    )
    op.create_index(
        "ix_interim_periods_unsettled",
        "interim_periods",
        ["tenant_id", "subscription_id"],
        schema="billing",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    isolate_tenants("billing.interim_periods")


def _drawn_documents() -> None:
    op.create_table(
        "drawn_documents",
        *tenant_columns(),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_unique("tag"),
        schema="billing",
    )
    isolate_tenants("billing.drawn_documents")
