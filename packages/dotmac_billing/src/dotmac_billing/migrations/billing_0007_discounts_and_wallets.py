"""Coupons, redemptions, wallets and their grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0007"
down_revision = "billing_0006"
branch_labels = None
depends_on = None

CHANGEABLE = ("coupons", "coupon_redemptions", "wallets", "wallet_rules", "wallet_grants")
APPEND_ONLY = ("coupon_uses", "wallet_movements")


def upgrade() -> None:
    _coupons()
    _redemptions()
    _wallets()
    _rules()
    _grants()
    _movements()
    for table in (*CHANGEABLE, *APPEND_ONLY):
        isolate_tenants(f"billing.{table}")
    for table in APPEND_ONLY:
        append_only(f"billing.{table}")


def downgrade() -> None:
    for table in (
        *("coupon_uses", "coupon_redemptions", "coupons"),
        *("wallet_movements", "wallet_grants", "wallet_rules", "wallets"),
    ):
        op.drop_table(table, schema="billing")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _enum(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=False)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _money(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MoneyAmount, nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=False)


def _reference(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Instant, nullable=nullable)


def _currency() -> sa.Column[str]:
    return sa.Column("currency", sa.String(3), nullable=False)


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema="billing",
        postgresql_where=None if where is None else sa.text(where),
    )


def _coupons() -> None:
    op.create_table(
        "coupons",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        _enum("kind"),
        sa.Column("percent_off", sa.Numeric(9, 6), nullable=True),
        _json("amounts"),
        _json("tiers"),
        _enum("duration"),
        _number("periods", nullable=True),
        _flag("carries_over"),
        _number("priority"),
        _json("plan_ids"),
        _json("component_codes"),
        _json("currencies"),
        _json("minimums"),
        _day("opens_on", nullable=True),
        _day("closes_on", nullable=True),
        _day("ends_on", nullable=True),
        _number("most_redemptions", nullable=True),
        _number("most_per_customer", nullable=True),
        _flag("first_time_only"),
        _number("redemptions"),
        _instant("archived_at", nullable=True),
        _instant("created_at"),
        _number("version"),
        tenant_unique("code"),
        schema="billing",
    )


def _redemptions() -> None:
    op.create_table(
        "coupon_redemptions",
        *tenant_columns(),
        _reference("coupon_id"),
        _reference("customer_id"),
        _reference("subscription_id", nullable=True),
        _text("component_code", nullable=True),
        _currency(),
        _day("starts_on"),
        _day("ends_on", nullable=True),
        _number("uses"),
        _number("uses_left", nullable=True),
        _money("taken_off"),
        _money("amount_left", nullable=True),
        _flag("is_live"),
        _instant("redeemed_at"),
        _instant("revoked_at", nullable=True),
        tenant_foreign_key("coupon_id", "billing.coupons"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        sa.CheckConstraint("uses_left >= 0 AND amount_left >= 0", name="not_overused"),
        schema="billing",
    )
    _index("ix_coupon_redemptions_coupon", "coupon_redemptions", "coupon_id", "customer_id")
    _index("ix_coupon_redemptions_customer", "coupon_redemptions", "customer_id")
    _index(
        "ix_coupon_redemptions_subscription",
        "coupon_redemptions",
        "subscription_id",
        where="subscription_id IS NOT NULL",
    )
    op.create_table(
        "coupon_uses",
        *tenant_columns(),
        _reference("redemption_id"),
        _reference("invoice_id"),
        _money("amount"),
        _day("used_on"),
        tenant_foreign_key("redemption_id", "billing.coupon_redemptions"),
        tenant_unique("redemption_id", "invoice_id", name="uq_coupon_uses_invoice"),
        schema="billing",
    )
    _index("ix_coupon_uses_invoice", "coupon_uses", "invoice_id")


def _wallets() -> None:
    op.create_table(
        "wallets",
        *tenant_columns(),
        _reference("customer_id"),
        _text("name"),
        _currency(),
        _number("priority"),
        _json("plan_ids"),
        _json("component_codes"),
        _reference("subscription_id", nullable=True),
        _money("low_below", nullable=True),
        _money("top_up_amount", nullable=True),
        _flag("tops_up_when_low"),
        _number("top_up_every_months", nullable=True),
        _day("top_up_anchor_on", nullable=True),
        _day("next_top_up_on", nullable=True),
        _instant("closed_at", nullable=True),
        _instant("created_at"),
        _number("version"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        schema="billing",
    )
    _index("ix_wallets_customer", "wallets", "customer_id")
    _index("ix_wallets_top_up", "wallets", "next_top_up_on", where="next_top_up_on IS NOT NULL")


def _rules() -> None:
    op.create_table(
        "wallet_rules",
        *tenant_columns(),
        _reference("wallet_id"),
        _money("amount"),
        _number("every_months"),
        _day("anchor_on"),
        _day("next_on", nullable=True),
        _day("ends_on", nullable=True),
        _number("priority"),
        _flag("keeps"),
        _money("rolls_over_up_to", nullable=True),
        _reference("subscription_id", nullable=True),
        _instant("created_at"),
        tenant_foreign_key("wallet_id", "billing.wallets"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        schema="billing",
    )
    _index("ix_wallet_rules_wallet", "wallet_rules", "wallet_id")
    _index("ix_wallet_rules_due", "wallet_rules", "next_on", where="next_on IS NOT NULL")


def _grants() -> None:
    op.create_table(
        "wallet_grants",
        *tenant_columns(),
        _reference("wallet_id"),
        _reference("customer_id"),
        _currency(),
        _enum("source"),
        _flag("is_paid"),
        _flag("is_pending"),
        _money("amount"),
        _money("remaining"),
        _number("priority"),
        _day("granted_on"),
        _instant("granted_at"),
        _day("expires_on", nullable=True),
        _reference("invoice_id", nullable=True),
        _reference("payment_id", nullable=True),
        _reference("rule_id", nullable=True),
        _text("note", nullable=True),
        tenant_foreign_key("wallet_id", "billing.wallets"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("rule_id", "billing.wallet_rules"),
        tenant_unique("rule_id", "granted_on", "source", name="uq_wallet_grants_rule"),
        sa.CheckConstraint("remaining BETWEEN 0 AND amount", name="not_overdrawn"),
        schema="billing",
        postgresql_with={"fillfactor": 70},
    )
    _index("ix_wallet_grants_open", "wallet_grants", "customer_id", where="remaining > 0")
    _index("ix_wallet_grants_expiry", "wallet_grants", "expires_on", where="remaining > 0")
    _index("ix_wallet_grants_wallet", "wallet_grants", "wallet_id", "granted_at")
    _index(
        "ix_wallet_grants_invoice", "wallet_grants", "invoice_id", where="invoice_id IS NOT NULL"
    )


def _movements() -> None:
    op.create_table(
        "wallet_movements",
        *tenant_columns(),
        _reference("wallet_id"),
        _reference("grant_id"),
        _enum("kind"),
        _money("amount"),
        _day("occurred_on"),
        _reference("invoice_id", nullable=True),
        _text("note", nullable=True),
        _instant("created_at"),
        tenant_foreign_key("wallet_id", "billing.wallets"),
        tenant_foreign_key("grant_id", "billing.wallet_grants"),
        schema="billing",
    )
    _index("ix_wallet_movements_wallet", "wallet_movements", "wallet_id", "created_at")
    _index("ix_wallet_movements_grant", "wallet_movements", "grant_id")
    _index(
        "ix_wallet_movements_invoice",
        "wallet_movements",
        "invoice_id",
        where="invoice_id IS NOT NULL",
    )
