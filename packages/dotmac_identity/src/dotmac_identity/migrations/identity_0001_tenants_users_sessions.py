"""Tenant profiles, users, roles, sessions, API keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import (
    Instant,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)
depends_on = "core_0001"


def upgrade() -> None:
    create_schema("identity")
    _tenants()
    _users()
    _roles()
    _sessions()
    _api_keys()
    for table in (
        *("tenants", "users", "roles", "user_roles"),
        *("sessions", "refresh_tokens", "api_keys"),
    ):
        isolate_tenants(f"identity.{table}")


def downgrade() -> None:
    drop_schema("identity")


def _tenants() -> None:
    op.create_table(
        "tenants",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.CheckConstraint("id = tenant_id", name="own"),
        schema="identity",
    )


def _users() -> None:
    op.create_table(
        "users",
        *tenant_columns(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant),
        sa.Column("last_sign_in_at", Instant),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("email"),
        schema="identity",
    )


def _roles() -> None:
    op.create_table(
        "roles",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", ARRAY(sa.Text()), nullable=False),
        sa.Column("is_system", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_unique("name"),
        schema="identity",
    )
    op.create_table(
        "user_roles",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        tenant_foreign_key("user_id", "identity.users"),
        tenant_foreign_key("role_id", "identity.roles"),
        tenant_unique("user_id", "role_id"),
        schema="identity",
    )
    _index("user_roles", "role_id")


def _sessions() -> None:
    op.create_table(
        "sessions",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.Column("revoked_because", sa.Text()),
        tenant_foreign_key("user_id", "identity.users"),
        schema="identity",
    )
    _index("sessions", "user_id")
    _index("sessions", "expires_at")
    op.create_table(
        "refresh_tokens",
        *tenant_columns(),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        tenant_foreign_key("session_id", "identity.sessions"),
        tenant_unique("token_hash"),
        schema="identity",
    )
    _index("refresh_tokens", "session_id")


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        sa.Column("last_used_at", Instant),
        sa.Column("revoked_at", Instant),
        tenant_unique("token_hash"),
        schema="identity",
    )


def _index(table: str, *columns: str) -> None:
    name = f"ix_{table}_tenant_id_{'_'.join(columns)}"
    op.create_index(name, table, ["tenant_id", *columns], schema="identity")
