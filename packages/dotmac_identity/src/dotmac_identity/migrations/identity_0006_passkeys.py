"""Passkeys, and the challenges that were answered with one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import Instant, isolate_tenants, tenant_columns, tenant_foreign_key

revision = "identity_0006"
down_revision = "identity_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkeys",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("transports", ARRAY(sa.Text()), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("signs_in_alone", sa.Boolean(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_used_at", Instant),
        sa.Column("copied_at", Instant),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "credential_id"),
        schema="identity",
    )
    op.create_table(
        "used_passkey_challenges",
        *tenant_columns(),
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "challenge_hash"),
        schema="identity",
    )
    for table, column in (("passkeys", "user_id"), ("used_passkey_challenges", "expires_at")):
        op.create_index(
            f"ix_{table}_tenant_id_{column}", table, ["tenant_id", column], schema="identity"
        )
        isolate_tenants(f"identity.{table}")
    # Whoever has to enrol may do nothing else until they have one. Its use changes no right.
    op.execute(
        "CREATE TRIGGER tell_changed AFTER INSERT OR DELETE ON identity.passkeys "
        "FOR EACH ROW EXECUTE FUNCTION identity.tell_changed('user_id')"
    )


def downgrade() -> None:
    for table in ("used_passkey_challenges", "passkeys"):
        op.drop_table(table, schema="identity")
