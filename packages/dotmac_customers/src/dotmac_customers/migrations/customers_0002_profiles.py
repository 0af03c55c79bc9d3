"""Hierarchy, history, segments, tags and the timeline."""

from __future__ import annotations

revision = "customers_0002"
down_revision = "customers_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
