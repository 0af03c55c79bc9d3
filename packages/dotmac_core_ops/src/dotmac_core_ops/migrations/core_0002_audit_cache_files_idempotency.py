"""The audit log with its seals, the cache, file metadata, idempotency keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database.migration import append_only, isolate_tenants, tenant_columns
from dotmac_core_ops.database.types import Instant, Json

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _audit_log()
    _audit_blocks()
    _cache()
    _files()
    _idempotency_keys()


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        *tenant_columns(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("before", Json),
        sa.Column("after", Json),
        sa.Column("request_id", sa.Text()),
        sa.Column(
            "transaction_number",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
        ),
        schema="core",
    )
    for columns in (("transaction_number",), ("target_type", "target_id", "id")):
        _index("audit_log", *columns)
    isolate_tenants("core.audit_log")
    append_only("core.audit_log")


def _audit_blocks() -> None:
    op.create_table(
        "audit_blocks",
        *tenant_columns(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", Instant, nullable=False),
        sa.Column("covered", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("after_id", sa.Uuid()),
        sa.UniqueConstraint("tenant_id", "number"),
        schema="core",
    )
    _index("audit_blocks", "last_id")
    isolate_tenants("core.audit_blocks")
    append_only("core.audit_blocks")


def _cache() -> None:
    op.create_table(
        "cache",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("core.current_tenant()"),
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("claim", sa.Uuid()),
        sa.Column("expires_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key"),
        schema="core",
        prefixes=["UNLOGGED"],
    )
    _index("cache", "expires_at")
    isolate_tenants("core.cache")


def _files() -> None:
    op.create_table(
        "files",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        schema="core",
    )
    isolate_tenants("core.files")


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        *tenant_columns(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("content_type", sa.Text()),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "subject", "key"),
        schema="core",
    )
    _index("idempotency_keys", "created_at")
    isolate_tenants("core.idempotency_keys")


def _index(table: str, *columns: str) -> None:
    name = f"ix_{table}_{'_'.join(('tenant_id', *columns))}"
    op.create_index(name, table, ["tenant_id", *columns], schema="core")


def downgrade() -> None:
    for table in ("idempotency_keys", "files", "cache", "audit_blocks", "audit_log"):
        op.drop_table(table, schema="core")
