"""Second factors, the second step of signing in, and devices that need none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import Instant, isolate_tenants, tenant_columns, tenant_foreign_key

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None

_TABLES = (
    "totp_factors",
    "recovery_codes",
    "second_factor_rules",
    "sign_in_challenges",
    "remembered_devices",
)
# Whoever has to enrol may do nothing else: principals change with factors and with the rules.
_TOLD = (("totp_factors", "user_id"), ("second_factor_rules", "tenant_id"))


def upgrade() -> None:
    _factors()
    _second_step()
    for table in _TABLES:
        isolate_tenants(f"identity.{table}")
    for table, column in _TOLD:
        op.execute(
            f"CREATE TRIGGER tell_changed AFTER INSERT OR UPDATE OR DELETE ON identity.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION identity.tell_changed('{column}')"
        )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table, schema="identity")


def _factors() -> None:
    op.create_table(
        "totp_factors",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("used_through", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("confirmed_at", Instant),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "user_id"),
        schema="identity",
    )
    op.create_table(
        "recovery_codes",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "user_id", "code_hash"),
        schema="identity",
    )
    op.create_table(
        "second_factor_rules",
        *tenant_columns(),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("role_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id"),
        sa.CheckConstraint("id = tenant_id", name="ck_second_factor_rules_own"),
        schema="identity",
    )


def _second_step() -> None:
    op.create_table(
        "sign_in_challenges",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "token_hash"),
        schema="identity",
    )
    op.create_table(
        "remembered_devices",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_used_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "token_hash"),
        schema="identity",
    )
    for table in ("sign_in_challenges", "remembered_devices"):
        for column in ("user_id", "expires_at"):
            op.create_index(
                f"ix_{table}_tenant_id_{column}", table, ["tenant_id", column], schema="identity"
            )
