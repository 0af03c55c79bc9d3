"""Equipment, maintenance schedules and what was done by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    append_only,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
)

revision = "unison_0001"
down_revision = None
branch_labels = ("unison",)
depends_on = "core_0001"


def upgrade() -> None:
    create_schema("unison")
    _create_equipment()
    _create_schedules()
    _create_completions()
    _create_due_notices()
    isolate_tenants("unison.equipment")
    isolate_tenants("unison.pm_schedules")
    isolate_tenants("unison.pm_completions")
    isolate_tenants("unison.pm_due_notices")
    append_only("unison.pm_completions")


def downgrade() -> None:
    drop_schema("unison")


def _create_equipment() -> None:
    op.create_table(
        "equipment",
        *tenant_columns(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "code", name="uq_equipment_tenant_id_code"),
        schema="unison",
    )


def _create_schedules() -> None:
    op.create_table(
        "pm_schedules",
        *tenant_columns(),
        sa.Column("equipment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("frequency", sa.String(40), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("done_until_on", sa.Date(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.Column("last_completed_on", sa.Date(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("archived_at", Instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "equipment_id"],
            ["unison.equipment.tenant_id", "unison.equipment.id"],
            name="fk_pm_schedules_equipment_id",
        ),
        sa.UniqueConstraint("tenant_id", "code", name="uq_pm_schedules_tenant_id_code"),
        sa.Index("ix_pm_schedules_tenant_id_equipment_id", "tenant_id", "equipment_id"),
        sa.Index("ix_pm_schedules_tenant_id_next_due_on", "tenant_id", "next_due_on"),
        schema="unison",
    )


def _create_completions() -> None:
    op.create_table(
        "pm_completions",
        *tenant_columns(),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("completed_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "schedule_id"],
            ["unison.pm_schedules.tenant_id", "unison.pm_schedules.id"],
            name="fk_pm_completions_schedule_id",
        ),
        sa.Index(
            "ix_pm_completions_tenant_id_schedule_id_completed_on",
            "tenant_id",
            "schedule_id",
            "completed_on",
        ),
        schema="unison",
    )


def _create_due_notices() -> None:
    op.create_table(
        "pm_due_notices",
        *tenant_columns(),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("announced_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "schedule_id"],
            ["unison.pm_schedules.tenant_id", "unison.pm_schedules.id"],
            name="fk_pm_due_notices_schedule_id",
        ),
        sa.UniqueConstraint(
            *("tenant_id", "schedule_id", "due_on"),
            name="uq_pm_due_notices_tenant_id_schedule_id_due_on",
        ),
        schema="unison",
    )
