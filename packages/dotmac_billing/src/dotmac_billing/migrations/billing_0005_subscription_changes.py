"""Changes of subscriptions: trials, terms, pauses, payers, and what was changed when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dotmac_core_ops.database import (
    Instant,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
)

revision = "billing_0005"
down_revision = "billing_0004"
branch_labels = None
depends_on = None

NO = sa.text("false")
YES = sa.text("true")
NOTHING = sa.text("'{}'")


def _customer_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("consolidate", sa.Boolean(), nullable=False, server_default=NO),
        sa.Column("has_payment_method", sa.Boolean(), nullable=False, server_default=NO),
    ]


def _subscription_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("payer_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_group", sa.Uuid(), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("term_end_on", sa.Date(), nullable=True),
        sa.Column("renews", sa.Boolean(), nullable=False, server_default=YES),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column("trial_end_on", sa.Date(), nullable=True),
        sa.Column("trial_without_method", sa.String(40), nullable=True),
        sa.Column("trial_warned_at", Instant, nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("access_until", sa.Date(), nullable=True),
        sa.Column("features", JSONB(none_as_null=True), nullable=False, server_default=NOTHING),
        sa.Column("transferred_from_id", sa.Uuid(), nullable=True),
    ]


def _item_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("percent_off", sa.Numeric(9, 6), nullable=True),
        sa.Column("replaces_item_id", sa.Uuid(), nullable=True),
    ]


def _settings_columns() -> list[sa.Column[object]]:
    day = sa.text("'day'")
    return [sa.Column("proration", sa.String(40), nullable=False, server_default=day)]


def upgrade() -> None:
    for table, columns in (
        ("settings", _settings_columns()),
        ("customers", _customer_columns()),
        ("subscriptions", _subscription_columns()),
        ("subscription_items", _item_columns()),
    ):
        for column in columns:
            op.add_column(table, column, schema="billing")
    _references()
    _changes()
    isolate_tenants("billing.subscription_changes")


def _references() -> None:
    for name, table, column, target in (
        ("fk_customers_parent", "customers", "parent_id", "customers"),
        ("fk_subscriptions_payer", "subscriptions", "payer_id", "customers"),
    ):
        op.create_foreign_key(
            name,
            table,
            target,
            ["tenant_id", column],
            ["tenant_id", "id"],
            source_schema="billing",
            referent_schema="billing",
        )
    op.create_index(
        "ix_customers_children",
        "customers",
        ["tenant_id", "parent_id"],
        schema="billing",
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "ix_subscriptions_paid_by",
        "subscriptions",
        ["tenant_id", "payer_id"],
        schema="billing",
        postgresql_where=sa.text("payer_id IS NOT NULL"),
    )


def _changes() -> None:
    op.create_table(
        "subscription_changes",
        *tenant_columns(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("behaviour", sa.String(40), nullable=True),
        sa.Column("direction", sa.String(40), nullable=True),
        sa.Column("summary", JSONB(none_as_null=True), nullable=False),
        sa.Column("undo", JSONB(none_as_null=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("withdrawn_at", Instant, nullable=True),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        sa.UniqueConstraint("tenant_id", "subscription_id", "sequence"),
        schema="billing",
    )
    op.create_index(
        "ix_subscription_changes_scheduled",
        "subscription_changes",
        ["tenant_id", "effective_on", "id"],
        schema="billing",
        postgresql_where=sa.text("status = 'scheduled'"),
    )


def downgrade() -> None:
    op.drop_table("subscription_changes", schema="billing")
    op.drop_index("ix_subscriptions_paid_by", "subscriptions", schema="billing")
    op.drop_index("ix_customers_children", "customers", schema="billing")
    op.drop_constraint("fk_subscriptions_payer", "subscriptions", schema="billing")
    op.drop_constraint("fk_customers_parent", "customers", schema="billing")
    for table, columns in (
        ("subscription_items", _item_columns()),
        ("subscriptions", _subscription_columns()),
        ("customers", _customer_columns()),
        ("settings", _settings_columns()),
    ):
        for column in reversed(columns):
            op.drop_column(table, column.name, schema="billing")
