"""The life of a tenant, its settings, fields and entitlements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dotmac_core_ops.database import (
    Instant,
    Json,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_unique,
)

revision = "identity_0005"
down_revision = "identity_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _custom_fields()
    _entitlements()
    _tenant_life()
    _client_tenants()
    _branding()


def _entitlements() -> None:
    op.create_table(
        "plan_grants",
        *tenant_columns(),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("features", Json, nullable=False),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("granted_at", Instant, nullable=False),
        tenant_unique(),
        sa.CheckConstraint("id = tenant_id", name="own"),
        schema="identity",
    )
    op.create_table(
        "entitlement_overrides",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        tenant_unique("name"),
        schema="identity",
    )
    op.create_table(
        "limit_uses",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        tenant_unique("name"),
        schema="identity",
    )
    for table in ("plan_grants", "entitlement_overrides", "limit_uses"):
        isolate_tenants(f"identity.{table}")


def _tenant_life() -> None:
    op.create_table(
        "tenant_lives",
        *tenant_columns(),
        sa.Column("reason", sa.String(40)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("trial_ends_on", sa.Date()),
        sa.Column("access_ends_on", sa.Date()),
        sa.Column("erasable_on", sa.Date()),
        tenant_unique(),
        sa.CheckConstraint("id = tenant_id", name="own"),
        schema="identity",
    )
    op.create_table(
        "tenant_moves",
        *tenant_columns(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("from_state", sa.String(40)),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        schema="identity",
    )
    _index("tenant_moves", "at", "id")
    op.create_table(
        "tenant_exports",
        *tenant_columns(),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.Column("file_id", sa.Uuid()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("rows", sa.BigInteger()),
        sa.Column("problem", sa.Text()),
        schema="identity",
    )
    _index("tenant_exports", "requested_at", "id")
    for table in ("tenant_lives", "tenant_moves", "tenant_exports"):
        isolate_tenants(f"identity.{table}")
    append_only("identity.tenant_moves")
    # Whoever remembers what people of the tenant may do is told that it is in another state.
    op.execute(
        "CREATE TRIGGER tell_changed AFTER INSERT OR UPDATE ON identity.tenant_lives "
        "FOR EACH ROW EXECUTE FUNCTION identity.tell_changed('id')"
    )


def _client_tenants() -> None:
    op.create_table(
        "client_tenants",
        *tenant_columns(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_unique("client_id"),
        tenant_unique("customer_id"),
        schema="identity",
    )
    isolate_tenants("identity.client_tenants")


def _branding() -> None:
    op.create_table(
        "branding",
        *tenant_columns(),
        sa.Column("name", sa.Text()),
        sa.Column("logo_file_id", sa.Uuid()),
        sa.Column("favicon_file_id", sa.Uuid()),
        sa.Column("primary_colour", sa.String(7)),
        sa.Column("accent_colour", sa.String(7)),
        sa.Column("email_footer", sa.Text()),
        sa.Column("texts", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique(),
        sa.CheckConstraint("id = tenant_id", name="own"),
        schema="identity",
    )
    isolate_tenants("identity.branding")


def _index(table: str, *columns: str) -> None:
    name = f"ix_{table}_tenant_id_{'_'.join(columns)}"
    op.create_index(name, table, ["tenant_id", *columns], schema="identity")


def _custom_fields() -> None:
    op.create_table(
        "custom_fields",
        *tenant_columns(),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("options", ARRAY(sa.Text()), nullable=False),
        sa.Column("pattern", sa.Text()),
        sa.Column("minimum", sa.Text()),
        sa.Column("maximum", sa.Text()),
        sa.Column("default_value", Json),
        sa.Column("is_searchable", sa.Boolean(), nullable=False),
        sa.Column("is_portal_visible", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", Instant),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("entity", "key"),
        schema="identity",
    )
    isolate_tenants("identity.custom_fields")


_TABLES = (
    *("branding", "client_tenants", "tenant_exports", "tenant_moves", "tenant_lives"),
    *("limit_uses", "entitlement_overrides", "plan_grants", "custom_fields"),
)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table, schema="identity")
