"""Approvals by a second person, and who acted in whose name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database.migration import isolate_tenants, tenant_columns
from dotmac_core_ops.database.types import Instant

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

_MONEY = sa.Numeric(19, 4)


def upgrade() -> None:
    _approvals()
    _approval_limits()
    _audit()


def _approvals() -> None:
    op.create_table(
        "approvals",
        *tenant_columns(),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", Instant),
        sa.Column("decision_note", sa.Text()),
        sa.Column("used_by", sa.Text()),
        sa.Column("used_at", Instant),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("decided_by <> requester", name="second_person"),
        schema="core",
    )
    _index("approvals", "state", "id")
    _index("approvals", "target_type", "target_id")
    isolate_tenants("core.approvals")


def _approval_limits() -> None:
    op.create_table(
        "approval_limits",
        *tenant_columns(),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "action", "currency"),
        sa.CheckConstraint("amount >= 0", name="amount"),
        schema="core",
    )
    isolate_tenants("core.approval_limits")


def _audit() -> None:
    op.add_column("audit_log", sa.Column("impersonated_by", sa.Text()), schema="core")
    op.add_column("audit_blocks", sa.Column("row_hashes", sa.LargeBinary()), schema="core")
    for columns in (("at", "id"), ("actor", "at"), ("request_id",)):
        _index("audit_log", *columns)
    op.create_index(
        "ix_audit_log_impersonated",
        "audit_log",
        ["tenant_id", "impersonated_by", "at"],
        schema="core",
        postgresql_where=sa.text("impersonated_by IS NOT NULL"),
    )


def _index(table: str, *columns: str) -> None:
    name = f"ix_{table}_{'_'.join(('tenant_id', *columns))}"
    op.create_index(name, table, ["tenant_id", *columns], schema="core")


def downgrade() -> None:
    op.drop_index("ix_audit_log_impersonated", "audit_log", schema="core")
    for name in ("at_id", "actor_at", "request_id"):
        op.drop_index(f"ix_audit_log_tenant_id_{name}", "audit_log", schema="core")
    op.drop_column("audit_blocks", "row_hashes", schema="core")
    op.drop_column("audit_log", "impersonated_by", schema="core")
    op.drop_table("approval_limits", schema="core")
    op.drop_table("approvals", schema="core")
