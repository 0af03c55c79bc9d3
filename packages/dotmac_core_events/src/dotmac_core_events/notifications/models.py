"""Messages as they are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_events.mapped_base import EventsBase
from dotmac_core_events.notifications.message import Channel
from dotmac_core_events.notifications.state import MessageState
from dotmac_core_ops.database import Instant, TenantOwned, enum_type, tenant_index


class MessageRow(TenantOwned, EventsBase):
    """A message to one person, and what became of it."""

    __tablename__ = "messages"
    __table_args__ = (
        tenant_index("next_attempt_at", "id", name="ix_messages_due", where="state = 'queued'"),
        tenant_index("about_kind", "about_id", "id", name="ix_messages_about"),
        tenant_index("recipient", "id", name="ix_messages_recipient"),
    )

    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    recipient: Mapped[str] = mapped_column(sa.Text())
    sender_name: Mapped[str | None] = mapped_column(sa.Text())
    subject: Mapped[str] = mapped_column(sa.Text())
    # None once a secret one was sent or given up.
    text: Mapped[str | None] = mapped_column(sa.Text())
    html: Mapped[str | None] = mapped_column(sa.Text())
    topic: Mapped[str] = mapped_column(sa.Text())
    about_kind: Mapped[str | None] = mapped_column(sa.Text())
    about_id: Mapped[UUID | None]
    language: Mapped[str | None] = mapped_column(sa.Text())
    is_secret: Mapped[bool] = mapped_column(sa.Boolean())
    unsubscribe_url: Mapped[str | None] = mapped_column(sa.Text())
    resend_of: Mapped[UUID | None]
    state: Mapped[MessageState] = mapped_column(enum_type(MessageState), server_default="queued")
    # Counted when it is begun, so that one whose worker is lost over it comes to an end as well.
    attempts: Mapped[int] = mapped_column(sa.SmallInteger(), server_default="0")
    error: Mapped[str | None] = mapped_column(sa.Text())
    provider_id: Mapped[str | None] = mapped_column(sa.Text())
    claim: Mapped[UUID | None]
    # When it may be tried (again); while a worker has it, the end of its lease.
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    not_after: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
