"""Customers, their addresses, and what they are found by."""

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

revision = "customers_0001"
down_revision = None
branch_labels = ("customers",)
depends_on = "core_0001"

# Trusted since PostgreSQL 13: whoever may create in the database may install it. Where it is not to
# be had, search does without similar spellings.
_TRIGRAMS = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
    CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pg_trgm is not installed: search will not find similar spellings';
END $$
"""


def upgrade() -> None:
    create_schema("customers")
    op.execute(_TRIGRAMS)
    _customers()
    _addresses()
    _search()
    for table in ("customers", "addresses", "search_terms", "counters"):
        isolate_tenants(f"customers.{table}")


def downgrade() -> None:
    drop_schema("customers")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm' "
        "AND pg_get_userbyid(extowner) = current_user) THEN DROP EXTENSION pg_trgm; END IF; END $$"
    )


def _customers() -> None:
    op.create_table(
        "customers",
        *tenant_columns(),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("state_reason", sa.String(40)),
        sa.Column("tags", ARRAY(sa.Text()), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(3)),
        sa.Column("time_zone", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("number"),
        tenant_unique("external_id"),
        schema="customers",
    )
    op.create_index(
        "ix_customers_tenant_id_sort_name_id",
        "customers",
        ["tenant_id", "sort_name", "id"],
        schema="customers",
    )
    op.create_index(
        "ix_customers_not_active",
        "customers",
        ["tenant_id", "state"],
        schema="customers",
        postgresql_where=sa.text("state <> 'active'"),
    )


def _addresses() -> None:
    op.create_table(
        "addresses",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("line1", sa.Text(), nullable=False),
        sa.Column("line2", sa.Text()),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("postal_code", sa.Text()),
        sa.Column("country", sa.String(2), nullable=False),
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_unique("customer_id", "kind"),
        schema="customers",
    )


def _search() -> None:
    tenant = sa.text("core.current_tenant()")
    op.create_table(
        "search_terms",
        sa.Column("tenant_id", sa.Uuid(), nullable=False, server_default=tenant),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "term", "customer_id"),
        schema="customers",
    )
    op.create_table(
        "counters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False, server_default=tenant),
        sa.Column("next_serial", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id"),
        schema="customers",
    )
