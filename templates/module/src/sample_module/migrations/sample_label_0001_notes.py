"""Notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
)

revision = "sample_label_0001"
down_revision = None
branch_labels = ("sample_label",)
depends_on = "core_0001"


def upgrade() -> None:
    create_schema("sample_label")
    op.create_table(
        "notes",
        *tenant_columns(),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant, nullable=False),
        sa.Column("archived_at", Instant),
        sa.Index("ix_notes_tenant_id_written_at", "tenant_id", "written_at"),
        schema="sample_label",
    )
    isolate_tenants("sample_label.notes")


def downgrade() -> None:
    drop_schema("sample_label")
