"""Addresses, contacts, service areas and imports."""

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
    tenant_unique,
)

revision = "customers_0005"
down_revision = "customers_0004"
branch_labels = None
depends_on = None

_TABLES = ("service_areas", "contacts", "contact_methods")
_NEW_COLUMNS = ("label", "is_primary", "latitude", "longitude", "verified_at", "version")


def upgrade() -> None:
    _addresses()
    _service_areas()
    _contacts()
    for table in _TABLES:
        isolate_tenants(f"customers.{table}")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table, schema="customers")
    # There is room for one address of a kind only: the primary ones stay.
    _of_all_tenants(
        "DELETE FROM customers.addresses WHERE NOT is_primary",
        "UPDATE customers.addresses SET kind = 'postal' WHERE kind = 'mailing'",
    )
    for name in ("uq_addresses_primary", "ix_addresses_customer"):
        op.drop_index(name, "addresses", schema="customers")
    for column in reversed(_NEW_COLUMNS):
        op.drop_column("addresses", column, schema="customers")
    op.create_unique_constraint(
        "uq_addresses_tenant_id_customer_id_kind",
        "addresses",
        ["tenant_id", "customer_id", "kind"],
        schema="customers",
    )


def _addresses() -> None:
    for column in (
        sa.Column("label", sa.Text()),
        sa.Column("is_primary", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("latitude", sa.Numeric(9, 6)),
        sa.Column("longitude", sa.Numeric(9, 6)),
        sa.Column("verified_at", Instant),
        sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")),
    ):
        op.add_column("addresses", column, schema="customers")
    op.drop_constraint(
        "uq_addresses_tenant_id_customer_id_kind", "addresses", schema="customers", type_="unique"
    )
    _of_all_tenants("UPDATE customers.addresses SET kind = 'mailing' WHERE kind = 'postal'")
    _index("ix_addresses_customer", "addresses", "customer_id", "kind")
    op.create_index(
        "uq_addresses_primary",
        "addresses",
        ["tenant_id", "customer_id", "kind"],
        unique=True,
        schema="customers",
        postgresql_where=sa.text("is_primary"),
    )


def _service_areas() -> None:
    bounds = [
        sa.Column(bound, sa.Numeric(9, 6), nullable=False)
        for bound in ("west", "south", "east", "north")
    ]
    op.create_table(
        "service_areas",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("offers", ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("geometry", Json, nullable=False),
        *bounds,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("name"),
        schema="customers",
    )


def _contacts() -> None:
    op.create_table(
        "contacts",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("roles", ARRAY(sa.Text()), nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("position", sa.Text()),
        sa.Column("can_authorize_changes", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", "customers.customers"),
        schema="customers",
    )
    _index("ix_contacts_customer", "contacts", "customer_id", "id")
    op.create_table(
        "contact_methods",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("verified_at", Instant),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_foreign_key("contact_id", "customers.contacts"),
        sa.UniqueConstraint(
            *("tenant_id", "customer_id", "contact_id", "kind", "value"),
            name="uq_contact_methods_value",
            postgresql_nulls_not_distinct=True,
        ),
        schema="customers",
    )
    _index("ix_contact_methods_contact", "contact_methods", "contact_id")
    op.create_index(
        "uq_contact_methods_primary",
        "contact_methods",
        ["tenant_id", "customer_id", "contact_id", "kind"],
        unique=True,
        schema="customers",
        postgresql_where=sa.text("is_primary"),
        postgresql_nulls_not_distinct=True,
    )


def _of_all_tenants(*statements: str) -> None:
    """Change addresses of everybody: row-level security binds the owner of the table too."""
    op.execute("CREATE POLICY backfill ON customers.addresses TO CURRENT_USER USING (true)")
    for statement in statements:
        op.execute(statement)
    op.execute("DROP POLICY backfill ON customers.addresses")


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, ["tenant_id", *columns], schema="customers")
