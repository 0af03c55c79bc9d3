"""Settings, customers, plans, tax rates, subscriptions, MRR movements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    Quantity,
    UnitPrice,
    append_only,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0001"
down_revision = None
branch_labels = ("billing",)
depends_on = "core_0001"

CHANGEABLE = ("settings", "customers", "plans", "tax_rates", "subscriptions", "subscription_items")
APPEND_ONLY = ("plan_versions", "price_components", "mrr_movements")


def upgrade() -> None:
    create_schema("billing")
    _settings_and_customers()
    _catalogue()
    _tax_rates()
    _subscriptions()
    _subscription_items()
    _mrr()
    for table in (*CHANGEABLE, *APPEND_ONLY):
        isolate_tenants(f"billing.{table}")
    for table in APPEND_ONLY:
        append_only(f"billing.{table}")


def downgrade() -> None:
    drop_schema("billing")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _enum(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=False)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _reference(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _currency() -> sa.Column[str]:
    return sa.Column("currency", sa.String(3), nullable=False)


def _created_at() -> sa.Column[object]:
    return sa.Column("created_at", Instant, nullable=False)


def _settings_and_customers() -> None:
    op.create_table(
        "settings",
        *tenant_columns(),
        _currency(),
        _text("time_zone"),
        sa.Column("country", sa.String(2), nullable=True),
        _number("payment_terms_days"),
        _text("invoice_number_format"),
        _text("seller_name", nullable=True),
        _number("version"),
        sa.UniqueConstraint("tenant_id"),
        schema="billing",
    )
    op.create_table(
        "customers",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        _text("company_name", nullable=True),
        _text("email", nullable=True),
        _text("phone", nullable=True),
        _currency(),
        _text("time_zone"),
        sa.Column("country", sa.String(2), nullable=True),
        _number("payment_terms_days", nullable=True),
        _created_at(),
        _number("version"),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_index(
        "ix_customers_tenant_id_email", "customers", ["tenant_id", "email"], schema="billing"
    )
    op.create_index(
        "ix_customers_tenant_id_name_id", "customers", ["tenant_id", "name", "id"], schema="billing"
    )


def _catalogue() -> None:
    op.create_table(
        "plans",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        _text("description", nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        _day("retired_on", nullable=True),
        _created_at(),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_table(
        "plan_versions",
        *tenant_columns(),
        _reference("plan_id"),
        _number("version"),
        _enum("pricing_model"),
        _enum("cycle"),
        _enum("timing"),
        _currency(),
        _day("available_from"),
        _created_at(),
        tenant_foreign_key("plan_id", "billing.plans"),
        tenant_unique("plan_id", "version"),
        schema="billing",
    )
    op.create_table(
        "price_components",
        *tenant_columns(),
        _reference("plan_version_id"),
        _number("position"),
        _text("code"),
        _text("name"),
        _enum("kind"),
        _enum("model"),
        sa.Column("unit_price", UnitPrice, nullable=False),
        _text("tax_code", nullable=True),
        tenant_foreign_key("plan_version_id", "billing.plan_versions"),
        tenant_unique("plan_version_id", "code"),
        schema="billing",
    )


def _tax_rates() -> None:
    op.create_table(
        "tax_rates",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        sa.Column("rate", sa.Numeric(9, 6), nullable=False),
        _day("valid_from"),
        _created_at(),
        tenant_unique("code", "valid_from"),
        schema="billing",
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        *tenant_columns(),
        _text("number"),
        _reference("customer_id"),
        _reference("plan_version_id"),
        _currency(),
        _enum("cycle"),
        _enum("timing"),
        _text("time_zone"),
        _day("start_on"),
        _day("anchor_on"),
        _day("end_on", nullable=True),
        _enum("status"),
        _text("external_id", nullable=True),
        _number("next_period"),
        _day("next_bill_on", nullable=True),
        sa.Column("cancelled_at", Instant, nullable=True),
        _created_at(),
        _number("version"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("plan_version_id", "billing.plan_versions"),
        tenant_unique("number"),
        tenant_unique("external_id"),
        schema="billing",
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "ix_subscriptions_tenant_id_customer_id",
        "subscriptions",
        ["tenant_id", "customer_id"],
        schema="billing",
    )
    op.create_index(
        "ix_subscriptions_due",
        "subscriptions",
        ["tenant_id", "next_bill_on", "id"],
        schema="billing",
        postgresql_where=sa.text("next_bill_on IS NOT NULL"),
    )


def _subscription_items() -> None:
    op.create_table(
        "subscription_items",
        *tenant_columns(),
        _reference("subscription_id"),
        _reference("component_id"),
        _number("position"),
        _text("description"),
        _enum("kind"),
        sa.Column("quantity", Quantity, nullable=False),
        sa.Column("agreed_price", UnitPrice, nullable=True),
        _day("starts_on", nullable=True),
        _day("ends_on", nullable=True),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("component_id", "billing.price_components"),
        tenant_unique("subscription_id", "position", name="uq_subscription_items_position"),
        schema="billing",
    )


def _mrr() -> None:
    op.create_table(
        "mrr_movements",
        *tenant_columns(),
        _reference("customer_id"),
        _reference("subscription_id"),
        _day("occurred_on"),
        _enum("kind"),
        sa.Column("amount", MoneyAmount, nullable=False),
        _currency(),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        schema="billing",
    )
    op.create_index(
        "ix_mrr_movements_tenant_id_customer_id",
        "mrr_movements",
        ["tenant_id", "customer_id"],
        schema="billing",
    )
    op.create_index(
        "ix_mrr_movements_tenant_id_occurred_on",
        "mrr_movements",
        ["tenant_id", "occurred_on"],
        schema="billing",
    )
