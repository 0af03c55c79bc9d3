"""What a void gives back, and rollouts in chunks."""

from __future__ import annotations

revision = "billing_0013"
down_revision = "billing_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
