"""Delivery in the Peppol network: who is where in it, and what was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0015"
down_revision = "billing_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peppol_senders",
        *tenant_columns(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("scheme", sa.String(4), nullable=True),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id"),
        schema="billing",
    )
    isolate_tenants("billing.peppol_senders")
    op.create_table(
        "peppol_participants",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(4), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("buyer_reference", sa.Text(), nullable=True),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("customer_id"),
        schema="billing",
    )
    isolate_tenants("billing.peppol_participants")
    _deliveries()


def downgrade() -> None:
    for table in ("peppol_deliveries", "peppol_participants", "peppol_senders"):
        op.drop_table(table, schema="billing")


def _deliveries() -> None:
    op.create_table(
        "peppol_deliveries",
        *tenant_columns(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("sending", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("submission_id", sa.Text(), nullable=True),
        sa.Column("transmission_id", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("sent_at", Instant, nullable=True),
        sa.Column("settled_at", Instant, nullable=True),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("document_id"),
        schema="billing",
    )
    op.create_index(
        "ix_peppol_deliveries_due",
        "peppol_deliveries",
        ["tenant_id", "next_at"],
        schema="billing",
        postgresql_where=sa.text("status IN ('queued', 'sent')"),
    )
    op.create_index(
        "ix_peppol_deliveries_customer",
        "peppol_deliveries",
        ["tenant_id", "customer_id", "id"],
        schema="billing",
    )
    isolate_tenants("billing.peppol_deliveries")
