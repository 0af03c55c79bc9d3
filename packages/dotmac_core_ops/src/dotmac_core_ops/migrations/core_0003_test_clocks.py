"""Tenants that are there to try things out, and the time it is for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database.types import Instant

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "tenants",
        sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema="core",
    )
    op.add_column("tenants", sa.Column("test_now", Instant, nullable=True), schema="core")
    op.create_check_constraint(
        "test_clock", "tenants", "is_test OR test_now IS NULL", schema="core"
    )


def downgrade() -> None:
    op.drop_constraint("test_clock", "tenants", schema="core", type_="check")
    op.drop_column("tenants", "test_now", schema="core")
    op.drop_column("tenants", "is_test", schema="core")
