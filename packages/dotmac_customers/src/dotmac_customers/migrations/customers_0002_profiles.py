"""Hierarchy, history, segments, tags and the timeline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "customers_0002"
down_revision = "customers_0001"
branch_labels = None
depends_on = None

_CUSTOMERS = "customers.customers"
_NEW_COLUMNS = (
    *("given_name", "family_name", "company_name", "tax_id", "registration_number", "language"),
    *("level", "parent_id", "assignee_id", "custom_fields", "merged_into_id"),
    *("state_since_at", "activated_at", "churned_at"),
)
_PARTIAL_INDEXES = {
    "ix_customers_other_kinds": (["kind", "id"], "kind <> 'residential'"),
    "ix_customers_parent": (["parent_id", "id"], "parent_id IS NOT NULL"),
    "ix_customers_assignee": (["assignee_id", "id"], "assignee_id IS NOT NULL"),
    "ix_customers_merged": (["merged_into_id"], "merged_into_id IS NOT NULL"),
}


def upgrade() -> None:
    _profile()
    _history()
    _segments()
    _tags()
    _timeline()
    for table in ("state_changes", "merges", "timeline_entries"):
        isolate_tenants(f"customers.{table}")
        append_only(f"customers.{table}")
    for table in ("segments", "segment_members", "tag_definitions"):
        isolate_tenants(f"customers.{table}")


def downgrade() -> None:
    for table in (
        *("timeline_entries", "tag_definitions", "segment_members", "segments"),
        *("merges", "state_changes"),
    ):
        op.drop_table(table, schema="customers")
    for name in _PARTIAL_INDEXES:
        op.drop_index(name, "customers", schema="customers")
    for column in ("merged_into_id", "parent_id"):
        op.drop_constraint(f"fk_customers_{column}", "customers", schema="customers")
    for column in _NEW_COLUMNS:
        op.drop_column("customers", column, schema="customers")


def _profile() -> None:
    for column in (
        *("given_name", "family_name", "company_name", "tax_id", "registration_number"),
        "language",
    ):
        op.add_column("customers", sa.Column(column, sa.Text()), schema="customers")
    for column_of_rules in (
        sa.Column("level", sa.String(40), nullable=False, server_default="account"),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("assignee_id", sa.Uuid()),
        sa.Column("custom_fields", Json, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("merged_into_id", sa.Uuid()),
        sa.Column("state_since_at", Instant),
        sa.Column("activated_at", Instant),
        sa.Column("churned_at", Instant),
    ):
        op.add_column("customers", column_of_rules, schema="customers")
    for column in ("parent_id", "merged_into_id"):
        op.create_foreign_key(
            f"fk_customers_{column}",
            "customers",
            "customers",
            ["tenant_id", column],
            ["tenant_id", "id"],
            source_schema="customers",
            referent_schema="customers",
        )
    for name, (columns, where) in _PARTIAL_INDEXES.items():
        op.create_index(
            name,
            "customers",
            ["tenant_id", *columns],
            schema="customers",
            postgresql_where=sa.text(where),
        )


def _history() -> None:
    op.create_table(
        "state_changes",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("since_at", Instant, nullable=False),
        sa.Column("at", Instant, nullable=False),
        tenant_foreign_key("customer_id", _CUSTOMERS),
        schema="customers",
    )
    for columns in (["customer_id", "id"], ["at"]):
        op.create_index(
            f"ix_state_changes_tenant_id_{'_'.join(columns)}",
            "state_changes",
            ["tenant_id", *columns],
            schema="customers",
        )
    op.create_table(
        "merges",
        *tenant_columns(),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("taken", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("moved", Json, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        tenant_foreign_key("kept_id", _CUSTOMERS),
        tenant_foreign_key("merged_id", _CUSTOMERS),
        tenant_unique("merged_id"),
        schema="customers",
    )


def _segments() -> None:
    op.create_table(
        "segments",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("rule", Json),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("name"),
        schema="customers",
    )
    op.create_table(
        "segment_members",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("core.current_tenant()"),
        ),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "segment_id", "customer_id"),
        tenant_foreign_key("segment_id", "customers.segments"),
        tenant_foreign_key("customer_id", _CUSTOMERS),
        schema="customers",
    )
    op.create_index(
        "ix_segment_members_tenant_id_customer_id",
        "segment_members",
        ["tenant_id", "customer_id"],
        schema="customers",
    )


def _tags() -> None:
    op.create_table(
        "tag_definitions",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(7), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("rule", Json),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("name"),
        schema="customers",
    )


def _timeline() -> None:
    op.create_table(
        "timeline_entries",
        *tenant_columns(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount", MoneyAmount),
        sa.Column("currency", sa.String(3)),
        sa.Column("about_kind", sa.String(63)),
        sa.Column("about_id", sa.Uuid()),
        sa.Column("event_id", sa.Uuid()),
        schema="customers",
    )
    op.create_index(
        "ix_timeline_entries_tenant_id_customer_id_at_id",
        "timeline_entries",
        ["tenant_id", "customer_id", "at", "id"],
        schema="customers",
    )
