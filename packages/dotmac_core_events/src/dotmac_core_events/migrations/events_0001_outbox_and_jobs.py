"""The outbox, deliveries, jobs and schedules, and the trigger that wakes the workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    Json,
    allow_relay,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
    tenant_unique,
)

revision = "events_0001"
down_revision = None
branch_labels = ("events",)
depends_on = "core_0001"

# NOTIFY makes a transaction take a lock of the whole server while it commits, so notifying writers
# would commit one after the other. Only one open transaction at a time may therefore notify; the
# rows of the others are found by the worker, who looks again and again as long as it finds work.
_WAKE = """
CREATE FUNCTION events.wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_try_advisory_xact_lock(1146047811, TG_RELID::int) THEN
    PERFORM pg_notify('dotmac_events', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END $$
"""

# A queue's rows change two or three times and then rest: clear up early.
_VACUUM_EARLY = (
    "ALTER TABLE events.{table} SET (autovacuum_vacuum_scale_factor = 0.02, "
    "autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.05)"
)


def upgrade() -> None:
    create_schema("events")
    op.execute(_WAKE)
    _outbox()
    _jobs()
    for table in ("outbox", "deliveries", "jobs"):
        isolate_tenants(f"events.{table}")
        op.execute(_VACUUM_EARLY.format(table=table))
    for table in ("outbox", "jobs"):
        op.execute(
            f"CREATE TRIGGER wake AFTER INSERT ON events.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION events.wake()"
        )
    allow_relay("events.outbox", "SELECT, UPDATE")
    allow_relay("events.jobs", "SELECT, INSERT, UPDATE")
    _schedules()


def downgrade() -> None:
    drop_schema("events")


def _outbox() -> None:
    op.create_table(
        "outbox",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", Instant, nullable=False),
        sa.Column("state", sa.String(40), nullable=False, server_default="pending"),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("next_attempt_at", Instant, nullable=False, server_default="epoch"),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("losses", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text(), nullable=True),
        schema="events",
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at", "id"],
        schema="events",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["tenant_id", "id"],
        schema="events",
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_table(
        "deliveries",
        *tenant_columns(),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        tenant_unique("event_id", "handler"),
        schema="events",
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("enqueued_at", Instant, nullable=False),
        sa.Column("run_at", Instant, nullable=False, server_default="epoch"),
        sa.Column("state", sa.String(40), nullable=False, server_default="pending"),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("losses", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("started_at", Instant, nullable=True),
        sa.Column("finished_at", Instant, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        schema="events",
    )
    unfinished = sa.text("state IN ('pending', 'running')")
    op.create_index(
        "ix_jobs_due", "jobs", ["priority", "run_at"], schema="events", postgresql_where=unfinished
    )
    op.create_index(
        "uq_jobs_key",
        "jobs",
        ["tenant_id", "name", "key"],
        unique=True,
        schema="events",
        postgresql_where=unfinished,
    )


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("job", sa.Text(), primary_key=True),
        sa.Column("last_tick_at", Instant, nullable=False),
        schema="events",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON events.schedules TO dotmac_relay")
