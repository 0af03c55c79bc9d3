"""Roles of one's own, service accounts and impersonation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import (
    Instant,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "identity_0004"
down_revision = "identity_0003"
branch_labels = None
depends_on = "core_0004"

# Every process is told at once of service accounts that changed, as of users.
_TOLD = (
    ("service_accounts", "UPDATE OF name, is_active", "id"),
    ("service_account_roles", "INSERT OR UPDATE OR DELETE", "service_account_id"),
)
_ASSIGNED = ("tenant_id", "user_id", "role_id", "scope_kind", "scope_id")


def upgrade() -> None:
    _roles()
    _service_accounts()
    _api_keys()
    _impersonations()


def _roles() -> None:
    for column in (
        sa.Column("description", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("roles", column, schema="identity")
    op.add_column("user_roles", sa.Column("scope_kind", sa.String(40)), schema="identity")
    op.add_column("user_roles", sa.Column("scope_id", sa.Uuid()), schema="identity")
    op.drop_constraint("uq_user_roles_tenant_id_user_id_role_id", "user_roles", schema="identity")
    op.create_unique_constraint(
        "uq_user_roles_assigned",
        "user_roles",
        _ASSIGNED,
        schema="identity",
        postgresql_nulls_not_distinct=True,
    )
    op.create_check_constraint(
        "scope", "user_roles", "(scope_kind IS NULL) = (scope_id IS NULL)", schema="identity"
    )


def _service_accounts() -> None:
    op.create_table(
        "service_accounts",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        tenant_unique("name"),
        schema="identity",
    )
    op.create_table(
        "service_account_roles",
        *tenant_columns(),
        sa.Column("service_account_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        tenant_foreign_key("service_account_id", "identity.service_accounts"),
        tenant_foreign_key("role_id", "identity.roles"),
        tenant_unique("service_account_id", "role_id"),
        schema="identity",
    )
    _index("service_account_roles", "role_id")
    for table in ("service_accounts", "service_account_roles"):
        isolate_tenants(f"identity.{table}")
    for table, when, column in _TOLD:
        op.execute(
            f"CREATE TRIGGER tell_changed AFTER {when} ON identity.{table} FOR EACH ROW "
            f"EXECUTE FUNCTION identity.tell_changed('{column}')"
        )


def _api_keys() -> None:
    for column in (
        sa.Column("user_id", sa.Uuid()),
        sa.Column("service_account_id", sa.Uuid()),
        sa.Column("networks", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("replaces_id", sa.Uuid()),
    ):
        op.add_column("api_keys", column, schema="identity")
    for reference, table in (
        ("user_id", "users"),
        ("service_account_id", "service_accounts"),
        ("replaces_id", "api_keys"),
    ):
        op.create_foreign_key(
            f"fk_api_keys_{reference}",
            "api_keys",
            table,
            ["tenant_id", reference],
            ["tenant_id", "id"],
            source_schema="identity",
            referent_schema="identity",
        )
    for owner in ("user_id", "service_account_id"):
        _index("api_keys", owner)


def _impersonations() -> None:
    op.create_table(
        "impersonations",
        *tenant_columns(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("operator_tenant_id", sa.Uuid(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("ended_by", sa.Text()),
        tenant_foreign_key("user_id", "identity.users"),
        schema="identity",
    )
    _index("impersonations", "user_id")
    isolate_tenants("identity.impersonations")
    op.add_column("sessions", sa.Column("impersonation_id", sa.Uuid()), schema="identity")
    op.create_foreign_key(
        "fk_sessions_impersonation_id",
        "sessions",
        "impersonations",
        ["tenant_id", "impersonation_id"],
        ["tenant_id", "id"],
        source_schema="identity",
        referent_schema="identity",
    )


def _index(table: str, *columns: str) -> None:
    name = f"ix_{table}_tenant_id_{'_'.join(columns)}"
    op.create_index(name, table, ["tenant_id", *columns], schema="identity")


def downgrade() -> None:
    op.drop_constraint("fk_sessions_impersonation_id", "sessions", schema="identity")
    op.drop_column("sessions", "impersonation_id", schema="identity")
    op.drop_table("impersonations", schema="identity")
    for column in ("replaces_id", "networks", "service_account_id", "user_id"):
        op.drop_column("api_keys", column, schema="identity")
    op.drop_table("service_account_roles", schema="identity")
    op.drop_table("service_accounts", schema="identity")
    op.drop_constraint("ck_user_roles_scope", "user_roles", schema="identity")
    op.drop_constraint("uq_user_roles_assigned", "user_roles", schema="identity")
    # FORCE binds the owner as well, who would find no rows to delete.
    op.execute("ALTER TABLE identity.user_roles NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM identity.user_roles WHERE scope_kind IS NOT NULL")
    op.execute("ALTER TABLE identity.user_roles FORCE ROW LEVEL SECURITY")
    for column in ("scope_id", "scope_kind"):
        op.drop_column("user_roles", column, schema="identity")
    op.create_unique_constraint(
        "uq_user_roles_tenant_id_user_id_role_id",
        "user_roles",
        ["tenant_id", "user_id", "role_id"],
        schema="identity",
    )
    for column in ("version", "description"):
        op.drop_column("roles", column, schema="identity")
