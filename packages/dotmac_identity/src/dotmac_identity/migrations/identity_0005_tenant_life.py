"""The life of a tenant, its settings, fields and entitlements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import (
    Instant,
    Json,
    isolate_tenants,
    tenant_columns,
    tenant_unique,
)

revision = "identity_0005"
down_revision = "identity_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _custom_fields()


def _custom_fields() -> None:
    op.create_table(
        "custom_fields",
        *tenant_columns(),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("options", ARRAY(sa.Text()), nullable=False),
        sa.Column("pattern", sa.Text()),
        sa.Column("minimum", sa.Text()),
        sa.Column("maximum", sa.Text()),
        sa.Column("default_value", Json),
        sa.Column("is_searchable", sa.Boolean(), nullable=False),
        sa.Column("is_portal_visible", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", Instant),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("entity", "key"),
        schema="identity",
    )
    isolate_tenants("identity.custom_fields")


def downgrade() -> None:
    op.drop_table("custom_fields", schema="identity")
