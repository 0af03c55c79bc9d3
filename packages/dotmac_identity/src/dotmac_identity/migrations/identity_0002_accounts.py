"""Invitations, resets, profiles and devices; customers who sign in; principals that change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import Instant, isolate_tenants, tenant_columns, tenant_foreign_key

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None

# A process trusts a principal for seconds without asking again. What takes a right away is told to
# all of them by the database itself, as it commits, so that no path to it can forget to.
_TELL = """
CREATE FUNCTION identity.tell_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('dotmac_identity', to_jsonb(OLD) ->> TG_ARGV[0]);
  ELSE
    PERFORM pg_notify('dotmac_identity', to_jsonb(NEW) ->> TG_ARGV[0]);
  END IF;
  RETURN NULL;
END $$
"""
# Table, when, condition, and the column that says whose principals are meant.
_TOLD = (
    (
        "users",
        "UPDATE OF name, is_active, kind, customer_id, portal_permissions",
        (
            "(OLD.name, OLD.is_active, OLD.kind, OLD.customer_id, OLD.portal_permissions) "
            "IS DISTINCT FROM "
            "(NEW.name, NEW.is_active, NEW.kind, NEW.customer_id, NEW.portal_permissions)"
        ),
        "id",
    ),
    ("user_roles", "INSERT OR UPDATE OR DELETE", "true", "user_id"),
    ("roles", "UPDATE OR DELETE", "true", "tenant_id"),
    (
        "sessions",
        "UPDATE OF revoked_at",
        "OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL",
        "id",
    ),
    (
        "api_keys",
        "UPDATE OF scopes, expires_at, revoked_at",
        (
            "(OLD.scopes, OLD.expires_at, OLD.revoked_at) IS DISTINCT FROM "
            "(NEW.scopes, NEW.expires_at, NEW.revoked_at)"
        ),
        "id",
    ),
)


def upgrade() -> None:
    _users()
    _sessions()
    _invitations()
    _account_tokens()
    _sign_in_networks()
    for table in ("invitations", "account_tokens", "sign_in_networks"):
        isolate_tenants(f"identity.{table}")
    op.execute(_TELL)
    for table, when, condition, column in _TOLD:
        op.execute(
            f"CREATE TRIGGER tell_changed AFTER {when} ON identity.{table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION identity.tell_changed('{column}')"
        )


def downgrade() -> None:
    for table, *_ in _TOLD:
        op.execute(f"DROP TRIGGER tell_changed ON identity.{table}")
    op.execute("DROP FUNCTION identity.tell_changed()")
    for table in ("sign_in_networks", "account_tokens", "invitations"):
        op.drop_table(table, schema="identity")
    for column in ("device_name", "user_agent", "address", "last_seen_at"):
        op.drop_column("sessions", column, schema="identity")
    # Fails while a customer in the portal has the address of somebody of the staff: whoever goes
    # back decides what becomes of such accounts.
    op.drop_index("ix_users_tenant_id_customer_id", "users", schema="identity")
    op.drop_constraint("uq_users_tenant_id_kind_email", "users", schema="identity")
    op.create_unique_constraint(
        "uq_users_tenant_id_email", "users", ["tenant_id", "email"], schema="identity"
    )
    op.alter_column("users", "password_hash", nullable=False, schema="identity")
    for column in ("kind", "customer_id", "portal_permissions", "locale", "time_zone"):
        op.drop_column("users", column, schema="identity")


def _users() -> None:
    for column in (
        sa.Column("kind", sa.String(40), nullable=False, server_default="staff"),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("portal_permissions", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("locale", sa.Text(), nullable=False, server_default="en"),
        sa.Column("time_zone", sa.Text()),
    ):
        op.add_column("users", column, schema="identity")
    op.alter_column("users", "password_hash", nullable=True, schema="identity")
    op.create_check_constraint(
        "ck_users_customer",
        "users",
        "(kind = 'portal') = (customer_id IS NOT NULL)",
        schema="identity",
    )
    op.drop_constraint("uq_users_tenant_id_email", "users", schema="identity")
    op.create_unique_constraint(
        "uq_users_tenant_id_kind_email", "users", ["tenant_id", "kind", "email"], schema="identity"
    )
    _index("users", "customer_id", where="customer_id IS NOT NULL")


def _sessions() -> None:
    for column in (
        sa.Column("device_name", sa.Text()),
        sa.Column("user_agent", sa.Text(), nullable=False, server_default=""),
        sa.Column("address", sa.Text(), nullable=False, server_default=""),
        sa.Column("last_seen_at", Instant),
    ):
        op.add_column("sessions", column, schema="identity")


def _invitations() -> None:
    op.create_table(
        "invitations",
        *tenant_columns(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", ARRAY(sa.Text()), nullable=False),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("portal_permissions", ARRAY(sa.Text()), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("sent_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("accepted_at", Instant),
        sa.Column("revoked_at", Instant),
        sa.Column("user_id", sa.Uuid()),
        sa.UniqueConstraint("tenant_id", "token_hash"),
        schema="identity",
    )
    _index(
        "invitations",
        "kind",
        "email",
        where="accepted_at IS NULL AND revoked_at IS NULL",
        unique=True,
    )
    _index("invitations", "customer_id", where="customer_id IS NOT NULL")


def _account_tokens() -> None:
    op.create_table(
        "account_tokens",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        tenant_foreign_key("user_id", "identity.users"),
        sa.UniqueConstraint("tenant_id", "token_hash"),
        schema="identity",
    )
    _index("account_tokens", "user_id", "purpose")
    _index("account_tokens", "expires_at")


def _sign_in_networks() -> None:
    op.create_table(
        "sign_in_networks",
        *tenant_columns(),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant),
        sa.Column("last_attempt_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "network"),
        schema="identity",
    )
    _index("sign_in_networks", "last_attempt_at")


def _index(table: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    op.create_index(
        f"ix_{table}_tenant_id_{'_'.join(columns)}",
        table,
        ["tenant_id", *columns],
        schema="identity",
        unique=unique,
        postgresql_where=None if where is None else sa.text(where),
    )
