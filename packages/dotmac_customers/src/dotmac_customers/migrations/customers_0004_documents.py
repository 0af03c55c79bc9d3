"""Documents, notes, tasks and requests of data subjects."""

from __future__ import annotations

revision = "customers_0004"
down_revision = "customers_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
