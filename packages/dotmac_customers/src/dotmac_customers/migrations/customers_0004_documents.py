"""Documents, notes, tasks and requests of data subjects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    Json,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "customers_0004"
down_revision = "customers_0003"
branch_labels = None
depends_on = None

_SCHEMA = "customers"
_CUSTOMERS = "customers.customers"
_TABLES = (
    *("documents", "document_versions", "document_settings"),
    *("notes", "note_edits", "tasks", "data_requests", "data_request_steps"),
)


def upgrade() -> None:
    _documents()
    _document_files()
    _notes()
    _tasks()
    _data_requests()
    for table in _TABLES:
        isolate_tenants(f"{_SCHEMA}.{table}")
    append_only("customers.data_request_steps")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table, schema=_SCHEMA)


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema=_SCHEMA,
        postgresql_where=None if where is None else sa.text(where),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("issued_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("announced_days", sa.SmallInteger()),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("verification", sa.String(40), nullable=False),
        sa.Column("verified_by", sa.Text()),
        sa.Column("verified_at", Instant),
        sa.Column("verification_note", sa.Text()),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("deleted_by", sa.Text()),
        sa.Column("deleted_at", Instant),
        tenant_foreign_key("customer_id", _CUSTOMERS),
        schema=_SCHEMA,
    )
    _index("ix_documents_tenant_id_customer_id_id", "documents", "customer_id", "id")
    _index(
        "ix_documents_expiring",
        "documents",
        "expires_on",
        where="expires_on IS NOT NULL AND deleted_at IS NULL AND verification <> 'expired'",
    )
    _index("ix_documents_deleted", "documents", "deleted_at", where="deleted_at IS NOT NULL")


def _document_files() -> None:
    op.create_table(
        "document_versions",
        *tenant_columns(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid()),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("scan", sa.String(40), nullable=False),
        sa.Column("signature", sa.Text()),
        sa.Column("scanned_at", Instant),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", Instant, nullable=False),
        tenant_foreign_key("document_id", "customers.documents"),
        tenant_unique("document_id", "serial"),
        schema=_SCHEMA,
    )
    _index("ix_document_versions_tenant_id_file_id", "document_versions", "file_id")
    _index("ix_document_versions_unscanned", "document_versions", "id", where="scan = 'unscanned'")
    op.create_table(
        "document_settings",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("core.current_tenant()"),
        ),
        sa.Column("max_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_types", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id"),
        schema=_SCHEMA,
    )


def _notes() -> None:
    op.create_table(
        "notes",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("mentions", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", _CUSTOMERS),
        schema=_SCHEMA,
    )
    _index("ix_notes_tenant_id_customer_id_id", "notes", "customer_id", "id")
    op.create_table(
        "note_edits",
        *tenant_columns(),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_at", Instant, nullable=False),
        tenant_foreign_key("note_id", "customers.notes"),
        schema=_SCHEMA,
    )
    _index("ix_note_edits_tenant_id_note_id_id", "note_edits", "note_id", "id")


def _tasks() -> None:
    op.create_table(
        "tasks",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("remind_on", sa.Date()),
        sa.Column("reminded_at", Instant),
        sa.Column("assignee_id", sa.Uuid()),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text()),
        sa.Column("closed_at", Instant),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", _CUSTOMERS),
        schema=_SCHEMA,
    )
    _index("ix_tasks_tenant_id_customer_id_id", "tasks", "customer_id", "id")
    _index("ix_tasks_open", "tasks", "assignee_id", "due_on", "id", where="state = 'open'")
    _index(
        "ix_tasks_to_remind",
        "tasks",
        "remind_on",
        where="state = 'open' AND reminded_at IS NULL AND assignee_id IS NOT NULL",
    )


def _data_requests() -> None:
    op.create_table(
        "data_requests",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_days", sa.SmallInteger()),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("confirmed_at", Instant),
        sa.Column("closed_at", Instant),
        sa.Column("file_id", sa.Uuid()),
        sa.Column("file_expires_at", Instant),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", _CUSTOMERS),
        schema=_SCHEMA,
    )
    _index("ix_data_requests_tenant_id_customer_id_id", "data_requests", "customer_id", "id")
    _index(
        "ix_data_requests_open",
        "data_requests",
        "due_on",
        where="state IN ('received', 'confirmed', 'working')",
    )
    op.create_table(
        "data_request_steps",
        *tenant_columns(),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("details", Json, nullable=False),
        tenant_foreign_key("request_id", "customers.data_requests"),
        schema=_SCHEMA,
    )
    _index(
        "ix_data_request_steps_tenant_id_request_id_id", "data_request_steps", "request_id", "id"
    )
