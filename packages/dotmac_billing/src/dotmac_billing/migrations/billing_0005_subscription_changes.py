"""Changes of subscriptions: terms, pauses, transfers, plan changes."""

from __future__ import annotations

revision = "billing_0005"
down_revision = "billing_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
