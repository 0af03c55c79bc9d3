"""Every query on messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.notifications.message import Channel, NewMessage
from dotmac_core_events.notifications.models import MessageRow
from dotmac_core_events.notifications.outgoing import Outgoing
from dotmac_core_events.notifications.state import MessageState
from dotmac_core_ops.database import copy_rows, driver_connection

_COLUMNS = (
    *("id", "channel", "recipient", "sender_name", "subject", "text", "html", "topic"),
    *("about_kind", "about_id", "language", "is_secret", "unsubscribe_url", "resend_of"),
    *("next_attempt_at", "not_after", "created_at"),
)
_CLAIM = """
WITH due AS (
  SELECT id FROM events.messages WHERE state = 'queued' AND next_attempt_at <= $1
  ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE events.messages m SET claim = $3, next_attempt_at = $4, attempts = m.attempts + 1
FROM due WHERE m.id = due.id
RETURNING m.id, m.channel, m.recipient, m.sender_name, m.subject, m.text, m.html, m.topic,
  m.about_kind, m.about_id, m.language, m.unsubscribe_url, m.attempts, m.not_after, m.created_at
"""
_EXTEND = """
UPDATE events.messages m SET next_attempt_at = $3
FROM unnest($1::uuid[]) AS mine(id) WHERE m.id = mine.id AND m.claim = $2
"""
# Each of these changes nothing once another worker has taken the message over.
_SENT = """
UPDATE events.messages SET state = 'sent', claim = NULL, error = NULL, provider_id = $3,
  sent_at = $4, text = CASE WHEN is_secret THEN NULL ELSE text END,
  html = CASE WHEN is_secret THEN NULL ELSE html END
WHERE id = $1 AND claim = $2
"""
_RETRY = """
UPDATE events.messages SET claim = NULL, error = $3, next_attempt_at = $4
WHERE id = $1 AND claim = $2
"""
_FAIL = """
UPDATE events.messages SET state = 'failed', claim = NULL, error = $3,
  text = CASE WHEN is_secret THEN NULL ELSE text END,
  html = CASE WHEN is_secret THEN NULL ELSE html END
WHERE id = $1 AND claim = $2
"""
_REMOVE = """
DELETE FROM events.messages WHERE id IN (
  SELECT id FROM events.messages WHERE state <> 'queued' AND created_at < $1 LIMIT $2)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The messages taken together."""

    id: UUID
    messages: list[Outgoing]


@dataclass(frozen=True, slots=True)
class WantedMessages:
    """Which messages a list shows; None does not narrow."""

    about_kind: str | None = None
    about_id: UUID | None = None
    channel: Channel | None = None
    state: MessageState | None = None
    topic: str | None = None
    recipient: str | None = None


class MessageRepository:
    """The messages of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        messages: Iterable[tuple[UUID, NewMessage]],
        now: datetime,
        *,
        resend_of: UUID | None = None,
    ) -> int:
        """Queue all of them in one write; how many."""
        rows = [_row(message_id, message, now, resend_of) for message_id, message in messages]
        return await copy_rows(self._session, "events.messages", rows, columns=_COLUMNS)

    async def claim(self, claim_id: UUID, *, limit: int, now: datetime, until: datetime) -> Claim:
        """Take up to `limit` due messages, those due longest first, and keep them `until` then."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_CLAIM, now, limit, claim_id, until)
        taken = [Outgoing(row["id"], Channel(row["channel"]), *tuple(row)[2:]) for row in rows]
        return Claim(claim_id, sorted(taken, key=lambda message: message.id))

    async def extend(self, claim: Claim, until: datetime) -> None:
        """Keep what is not finished of it until then."""
        connection = await driver_connection(self._session)
        ids = [message.id for message in claim.messages]
        await connection.execute(_EXTEND, ids, claim.id, until)

    async def sent(
        self, message_id: UUID, claim_id: UUID, provider_id: str | None, now: datetime
    ) -> bool:
        """The other side has it; a secret is erased. False when it is no longer this worker's."""
        return await self._changed(_SENT, message_id, claim_id, provider_id, now)

    async def retry(self, message_id: UUID, claim_id: UUID, error: str, at: datetime) -> bool:
        """Try it again then."""
        return await self._changed(_RETRY, message_id, claim_id, error, at)

    async def give_up(self, message_id: UUID, claim_id: UUID, error: str) -> bool:
        """It is not tried again; a secret is erased."""
        return await self._changed(_FAIL, message_id, claim_id, error)

    async def by_id(self, message_id: UUID) -> MessageRow | None:
        """The message of that id."""
        found = await self._session.scalars(
            sa.select(MessageRow).where(MessageRow.id == message_id)
        )
        return found.one_or_none()

    async def page(
        self, wanted: WantedMessages, *, offset: int, limit: int
    ) -> tuple[Sequence[MessageRow], int]:
        """Messages that match, newest first, and how many match in all."""
        matching = [
            column == value
            for column, value in (
                (MessageRow.about_kind, wanted.about_kind),
                (MessageRow.about_id, wanted.about_id),
                (MessageRow.channel, wanted.channel),
                (MessageRow.state, wanted.state),
                (MessageRow.topic, wanted.topic),
                (MessageRow.recipient, wanted.recipient),
            )
            if value is not None
        ]
        query = sa.select(MessageRow).where(*matching).order_by(MessageRow.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        counted = sa.select(sa.func.count()).select_from(MessageRow).where(*matching)
        return rows, (await self._session.execute(counted)).scalar_one()

    async def remove_about(self, kind: str, about_id: UUID) -> int:
        """Remove all messages about something; how many."""
        connection = await driver_connection(self._session)
        status = await connection.execute(
            "DELETE FROM events.messages WHERE about_kind = $1 AND about_id = $2", kind, about_id
        )
        return _count(status)

    async def remove_old(self, before: datetime, limit: int) -> int:
        """Remove up to `limit` messages that were made before then and are finished; how many."""
        connection = await driver_connection(self._session)
        return _count(await connection.execute(_REMOVE, before, limit))

    async def _changed(self, statement: str, *values: object) -> bool:
        connection = await driver_connection(self._session)
        return _count(await connection.execute(statement, *values)) == 1


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])


def _row(
    message_id: UUID, message: NewMessage, now: datetime, resend_of: UUID | None
) -> tuple[object, ...]:
    about_kind, about_id = message.about or (None, None)
    return (
        *(message_id, message.channel.value, message.recipient, message.sender_name),
        *(message.subject, message.text, message.html, message.topic, about_kind, about_id),
        *(message.language, message.is_secret, message.unsubscribe_url, resend_of),
        *(message.not_before or now, message.not_after, now),
    )
