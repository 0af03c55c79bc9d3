"""Rates of exchange, and payments that came in another currency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_index,
)

revision = "billing_0017"
down_revision = "billing_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        *tenant_columns(),
        sa.Column("from_currency", sa.String(3), nullable=False),
        sa.Column("to_currency", sa.String(3), nullable=False),
        sa.Column("rate", sa.Numeric(18, 9), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("disabled_at", Instant, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        tenant_index(
            "from_currency",
            "to_currency",
            "valid_from",
            name="uq_exchange_rates_day",
            where="disabled_at IS NULL",
            unique=True,
        ),
        schema="billing",
    )
    isolate_tenants("billing.exchange_rates")
    op.create_table(
        "converted_payments",
        *tenant_columns(),
        sa.Column("paid_amount", MoneyAmount, nullable=False),
        sa.Column("paid_currency", sa.String(3), nullable=False),
        sa.Column("rate", sa.Numeric(24, 12), nullable=False),
        sa.Column("rate_id", sa.Uuid(), nullable=True),
        tenant_foreign_key("id", "billing.payments"),
        tenant_foreign_key("rate_id", "billing.exchange_rates"),
        tenant_index("rate_id", name="ix_converted_payments_rate", where="rate_id IS NOT NULL"),
        schema="billing",
    )
    isolate_tenants("billing.converted_payments")
    append_only("billing.converted_payments")


def downgrade() -> None:
    op.drop_table("converted_payments", schema="billing")
    op.drop_table("exchange_rates", schema="billing")
