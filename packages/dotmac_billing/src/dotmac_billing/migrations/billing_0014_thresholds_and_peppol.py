"""Billing at thresholds, and delivery over Peppol."""

from __future__ import annotations

revision = "billing_0014"
down_revision = "billing_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
