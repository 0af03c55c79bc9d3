"""Imports of customers, with what is needed to take them back."""

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

revision = "customers_0006"
down_revision = "customers_0005"
branch_labels = None
depends_on = None

_SCHEMA = "customers"
_TABLES = ("imports", "import_refusals", "imported_customers")


def upgrade() -> None:
    _imports()
    _rows()
    for table in _TABLES:
        isolate_tenants(f"{_SCHEMA}.{table}")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table, schema=_SCHEMA)


def _imports() -> None:
    counts = ("rows", "done", "created", "changed", "same", "refused", "undone")
    op.create_table(
        "imports",
        *tenant_columns(),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("header", ARRAY(sa.Text()), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("sample", Json, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("started_at", Instant),
        sa.Column("finished_at", Instant),
        schema=_SCHEMA,
    )
    _index("ix_imports_created", "imports", "created_at", "id")


def _rows() -> None:
    op.create_table(
        "import_refusals",
        *tenant_columns(),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("problems", Json, nullable=False),
        tenant_foreign_key("import_id", "customers.imports"),
        tenant_unique("import_id", "line"),
        schema=_SCHEMA,
    )
    op.create_table(
        "imported_customers",
        *tenant_columns(),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("before", Json),
        tenant_foreign_key("import_id", "customers.imports"),
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_unique("import_id", "line"),
        schema=_SCHEMA,
    )
    _index("ix_imported_customers_customer", "imported_customers", "customer_id")


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, ["tenant_id", *columns], schema=_SCHEMA)
