"""Second factors, passkeys and single sign-on."""

from __future__ import annotations

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
