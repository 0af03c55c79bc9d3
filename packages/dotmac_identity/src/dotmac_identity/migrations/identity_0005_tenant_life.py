"""The life of a tenant, its settings, fields and entitlements."""

from __future__ import annotations

revision = "identity_0005"
down_revision = "identity_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
