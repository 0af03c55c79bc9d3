"""Sign-in by a provider of identities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import (
    Instant,
    Json,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
)

revision = "identity_0007"
down_revision = "identity_0006"
branch_labels = None
depends_on = None

_TABLES = ("sign_in_providers", "linked_identities", "sign_in_flows")


def upgrade() -> None:
    _providers()
    _identities()
    _flows()
    for table in _TABLES:
        isolate_tenants(f"identity.{table}")
    op.add_column(
        "sessions",
        sa.Column("second_factor_vouched", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema="identity",
    )
    # Whoever has to set up a second factor may do nothing else: the principal changes with this.
    op.execute(
        "CREATE TRIGGER tell_vouched AFTER UPDATE OF second_factor_vouched ON identity.sessions "
        "FOR EACH ROW WHEN (OLD.second_factor_vouched IS DISTINCT FROM NEW.second_factor_vouched) "
        "EXECUTE FUNCTION identity.tell_changed('id')"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_vouched ON identity.sessions")
    op.drop_column("sessions", "second_factor_vouched", schema="identity")
    for table in reversed(_TABLES):
        op.drop_table(table, schema="identity")


def _providers() -> None:
    op.create_table(
        "sign_in_providers",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary()),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("logo_url", sa.Text()),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("joining", sa.String(40), nullable=False),
        sa.Column("email_domains", ARRAY(sa.Text()), nullable=False),
        sa.Column("links_by_email", sa.Boolean(), nullable=False),
        sa.Column("trusts_email", sa.Boolean(), nullable=False),
        sa.Column("default_role_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("role_claim", sa.Text()),
        sa.Column("role_map", Json, nullable=False),
        sa.Column("second_factor_amr", ARRAY(sa.Text()), nullable=False),
        sa.Column("second_factor_acr", ARRAY(sa.Text()), nullable=False),
        sa.Column("max_age_seconds", sa.Integer()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "name"),
        schema="identity",
    )


def _identities() -> None:
    op.create_table(
        "linked_identities",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_used_at", Instant, nullable=False),
        tenant_foreign_key("user_id", "identity.users"),
        tenant_foreign_key("provider_id", "identity.sign_in_providers"),
        sa.UniqueConstraint("tenant_id", "issuer", "subject"),
        schema="identity",
    )
    _indexes("linked_identities", "user_id", "provider_id")


def _flows() -> None:
    op.create_table(
        "sign_in_flows",
        *tenant_columns(),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("linking_user_id", sa.Uuid()),
        sa.Column("linking_session_id", sa.Uuid()),
        sa.Column("return_to", sa.Text()),
        sa.Column("max_age_seconds", sa.Integer()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("answered_at", Instant),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("code_hash", sa.LargeBinary()),
        sa.Column("code_expires_at", Instant),
        sa.Column("second_factor_vouched", sa.Boolean(), nullable=False),
        sa.Column("finished_at", Instant),
        tenant_foreign_key("provider_id", "identity.sign_in_providers"),
        tenant_foreign_key("linking_user_id", "identity.users"),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "state_hash"),
        sa.UniqueConstraint("tenant_id", "code_hash"),
        schema="identity",
    )
    _indexes("sign_in_flows", "provider_id", "expires_at")


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(
            f"ix_{table}_tenant_id_{column}", table, ["tenant_id", column], schema="identity"
        )
