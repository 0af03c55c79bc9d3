"""Imports of customers."""

from __future__ import annotations

revision = "customers_0006"
down_revision = "customers_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
