"""What a void gives back, and rollouts in chunks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import MoneyAmount

revision = "billing_0013"
down_revision = "billing_0012"
branch_labels = None
depends_on = None


TABLE, INDEX = "pending_lines", "ix_pending_lines_invoice_id"


def upgrade() -> None:
    op.add_column(
        TABLE,
        sa.Column("own_off", MoneyAmount, nullable=False, server_default="0"),
        schema="billing",
    )
    op.add_column(TABLE, sa.Column("position", sa.Integer(), nullable=True), schema="billing")
    op.create_index(
        INDEX,
        TABLE,
        ["tenant_id", "invoice_id"],
        schema="billing",
        postgresql_where=sa.text("invoice_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(INDEX, TABLE, schema="billing")
    op.drop_column(TABLE, "position", schema="billing")
    op.drop_column(TABLE, "own_off", schema="billing")
