"""What was asked of payment gateways; customers that are put out of use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
)

revision = "billing_0012"
down_revision = "billing_0011"
branch_labels = None
depends_on = None

TABLE = "payment_attempts"


def upgrade() -> None:
    op.add_column(
        "customers",
        sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
        schema="billing",
    )
    op.create_table(
        TABLE,
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", MoneyAmount, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("payment_method_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=True),
        sa.Column("authorization_code", sa.Text(), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("attempted_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_foreign_key("payment_id", "billing.payments"),
        schema="billing",
    )
    for column in ("invoice", "customer"):
        op.create_index(
            f"ix_{TABLE}_{column}", TABLE, ["tenant_id", f"{column}_id"], schema="billing"
        )
    for name, columns in (
        ("payment", ["payment_id"]),
        ("transaction", ["gateway", "transaction_id"]),
    ):
        op.create_index(
            f"uq_{TABLE}_{name}",
            TABLE,
            ["tenant_id", *columns],
            schema="billing",
            unique=True,
            postgresql_where=sa.text(f"{columns[-1]} IS NOT NULL"),
        )
    isolate_tenants(f"billing.{TABLE}")


def downgrade() -> None:
    op.drop_table(TABLE, schema="billing")
    op.drop_column("customers", "is_active", schema="billing")
