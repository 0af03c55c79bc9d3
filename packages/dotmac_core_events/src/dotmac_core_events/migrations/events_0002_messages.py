"""Messages to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import Instant, isolate_tenants, tenant_columns

revision = "events_0002"
down_revision = "events_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        *tenant_columns(),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("is_secret", sa.Boolean(), nullable=False),
        sa.Column("unsubscribe_url", sa.Text(), nullable=True),
        sa.Column("resend_of", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False, server_default="queued"),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("next_attempt_at", Instant, nullable=False),
        sa.Column("not_after", Instant, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("sent_at", Instant, nullable=True),
        schema="events",
    )
    for name, columns, where in (
        ("ix_messages_due", ["next_attempt_at", "id"], "state = 'queued'"),
        ("ix_messages_about", ["about_kind", "about_id", "id"], None),
        ("ix_messages_recipient", ["recipient", "id"], None),
    ):
        op.create_index(
            name,
            "messages",
            ["tenant_id", *columns],
            schema="events",
            postgresql_where=None if where is None else sa.text(where),
        )
    isolate_tenants("events.messages")


def downgrade() -> None:
    op.drop_table("messages", schema="events")
