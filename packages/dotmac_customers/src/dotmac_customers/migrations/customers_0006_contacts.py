"""Addresses, contacts, service areas and imports."""

from __future__ import annotations

revision = "customers_0006"
down_revision = "customers_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
