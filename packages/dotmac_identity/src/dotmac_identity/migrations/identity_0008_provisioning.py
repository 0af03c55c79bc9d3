"""Users that a directory provisions."""

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

revision = "identity_0008"
down_revision = "identity_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provisioned_users",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("user_name_key", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("given_name", sa.Text()),
        sa.Column("family_name", sa.Text()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("removed_at", Instant),
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("user_id"),
        tenant_unique("user_name_key"),
        schema="identity",
    )
    op.create_index(
        "ix_provisioned_users_tenant_id_external_id",
        "provisioned_users",
        ["tenant_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
        schema="identity",
    )
    isolate_tenants("identity.provisioned_users")


def downgrade() -> None:
    op.drop_table("provisioned_users", schema="identity")
