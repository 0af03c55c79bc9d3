"""Roles of one's own, service accounts and impersonation."""

from __future__ import annotations

revision = "identity_0004"
down_revision = "identity_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
