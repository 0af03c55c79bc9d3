"""What customers still lacked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import Instant

revision = "customers_0007"
down_revision = "customers_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("erased_at", Instant), schema="customers")


def downgrade() -> None:
    op.drop_column("customers", "erased_at", schema="customers")
