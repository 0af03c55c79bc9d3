"""Preferences, consent and verification."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from dotmac_core_ops.database import (
    Instant,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "customers_0003"
down_revision = "customers_0002"
branch_labels = None
depends_on = None

_TABLES = (
    *("communication_preferences", "quiet_hours", "consents", "suppressed_addresses"),
    *("notices", "unsubscribe_keys", "verifications"),
)


def upgrade() -> None:
    _preferences()
    _consents()
    _notices()
    _verifications()
    for table in _TABLES:
        isolate_tenants(f"customers.{table}")
    append_only("customers.consents")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table, schema="customers")


def _preferences() -> None:
    op.create_table(
        "communication_preferences",
        *tenant_columns(),
        *_of_customer(),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        tenant_unique("customer_id", "channel", "topic", name="uq_communication_preferences"),
        schema="customers",
    )
    op.create_table(
        "quiet_hours",
        *tenant_columns(),
        *_of_customer(),
        sa.Column("starts_minute", sa.SmallInteger(), nullable=False),
        sa.Column("ends_minute", sa.SmallInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        tenant_unique("customer_id"),
        schema="customers",
    )


def _consents() -> None:
    op.create_table(
        "consents",
        *tenant_columns(),
        *_of_customer(),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("source_address", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        schema="customers",
    )
    _index("ix_consents_latest", "consents", "customer_id", "topic", "channel", "id")
    op.create_table(
        "suppressed_addresses",
        *tenant_columns(),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        tenant_unique("channel", "address"),
        schema="customers",
    )


def _notices() -> None:
    op.create_table(
        "notices",
        *tenant_columns(),
        *_of_customer(),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("send_at", Instant, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        schema="customers",
    )
    _index("ix_notices_customer", "notices", "customer_id", "id")
    op.create_table(
        "unsubscribe_keys",
        *tenant_columns(),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", name="uq_unsubscribe_keys_tenant_id"),
        schema="customers",
    )


def _verifications() -> None:
    op.create_table(
        "verifications",
        *tenant_columns(),
        *_of_customer(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("code_expires_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        schema="customers",
    )
    _index("ix_verifications_customer", "verifications", "customer_id", "kind", "id")
    _index("ix_verifications_token", "verifications", "token_digest")
    op.create_index(
        "ix_verifications_expiry",
        "verifications",
        ["tenant_id", "expires_at"],
        schema="customers",
        postgresql_where=sa.text("state = 'pending'"),
    )


def _of_customer() -> tuple[SchemaItem, ...]:
    return (
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        tenant_foreign_key("customer_id", "customers.customers"),
    )


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, ["tenant_id", *columns], schema="customers")
