"""Templates of documents, and whether e-invoices must conform."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import Instant, isolate_tenants, tenant_columns, tenant_unique

revision = "billing_0009"
down_revision = "billing_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "settings",
        sa.Column("einvoicing", sa.String(40), nullable=False, server_default="off"),
        schema="billing",
    )
    op.create_table(
        "document_templates",
        *tenant_columns(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("paper", sa.String(40), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("header", sa.Text(), nullable=True),
        sa.Column("footer", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("shows_payment_code", sa.Boolean(), nullable=False),
        sa.Column("shows_explanations", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_index(
        "uq_document_templates_default",
        "document_templates",
        ["tenant_id", "is_default"],
        schema="billing",
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    isolate_tenants("billing.document_templates")


def downgrade() -> None:
    op.drop_table("document_templates", schema="billing")
    op.drop_column("settings", "einvoicing", schema="billing")
