"""What can be done with messages: send them, look at them, send one again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.notifications.errors import (
    MessageErasedError,
    MessageNotFoundError,
    MessageStillQueuedError,
)
from dotmac_core_events.notifications.message import Channel, NewMessage, checked
from dotmac_core_events.notifications.models import MessageRow
from dotmac_core_events.notifications.repository import MessageRepository, WantedMessages
from dotmac_core_events.notifications.state import MessageState
from dotmac_core_events.queue.service import enqueue
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, new_ids

DELIVER = "events.deliver_messages"
"""The name of the job that delivers the tenant's messages."""

_ROUND_TO_SECONDS = 15
_JOB_IN = "message_job_in"


async def send_message(session: AsyncSession, message: NewMessage) -> UUID:
    """Send `message` once this transaction commits; its id.

    ```python
    await send_message(
        session,
        NewMessage(channel=Channel.EMAIL, recipient="ann@example.com", topic="billing",
                   subject="Your invoice", text="…", about=("customer", customer_id)),
    )
    ```

    Raises:
        InvalidMessageError: it cannot be sent as it is.
    """
    return (await send_messages(session, [message]))[0]


async def send_messages(session: AsyncSession, messages: Iterable[NewMessage]) -> list[UUID]:
    """Send all of `messages` once this transaction commits, or none; their ids, in order.

    One write for any number of them.

    Raises:
        InvalidMessageError: one of them cannot be sent as it is.
    """
    wanted = [checked(message) for message in messages]
    ids = new_ids(len(wanted))
    if wanted:
        await MessageRepository(session).add(zip(ids, wanted, strict=True), _now(session))
        await _have_delivered(session, wanted)
    return ids


async def deliver_at(session: AsyncSession, at: datetime) -> None:
    """Have the tenant's due messages delivered at `at`, or up to 15 seconds later."""
    late = timedelta(seconds=_ROUND_TO_SECONDS - at.timestamp() % _ROUND_TO_SECONDS)
    rounded = at + late
    # Many that failed together share a run.
    await enqueue(session, DELIVER, key=f"at {rounded.isoformat()}", run_at=rounded)


async def _have_delivered(session: AsyncSession, messages: Iterable[NewMessage]) -> None:
    now = _now(session)
    times = {message.not_before for message in messages}
    for at in sorted(at for at in times if at is not None and at > now):
        await deliver_at(session, at)
    if any(at is None or at <= now for at in times):
        sync = session.sync_session
        within = sync.get_nested_transaction() or sync.get_transaction()
        # A transaction needs one run, however many messages it sends. The run has no key: one that
        # goes on at this moment does not see what this transaction writes.
        if session.info.get(_JOB_IN) is not within or within is None:
            await enqueue(session, DELIVER)
            session.info[_JOB_IN] = within


@dataclass(frozen=True)
class MessageView:
    """A message as it stands; `text` and `html` are None once a secret is erased."""

    id: UUID
    channel: Channel
    recipient: str
    sender_name: str | None
    subject: str
    text: str | None
    html: str | None
    topic: str
    about_kind: str | None
    about_id: UUID | None
    language: str | None
    is_secret: bool
    resend_of: UUID | None
    state: MessageState
    attempts: int
    error: str | None
    provider_id: str | None
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None


class MessageService:
    """Messages of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._messages = MessageRepository(session)

    async def get(self, message_id: UUID) -> MessageView:
        """The message of that id.

        Raises:
            MessageNotFoundError: there is none.
        """
        return _view(await self._known(message_id))

    async def find(self, message_id: UUID) -> MessageView | None:
        """The message of that id, if it was not removed."""
        row = await self._messages.by_id(message_id)
        return None if row is None else _view(row)

    async def page(
        self, wanted: WantedMessages, *, offset: int = 0, limit: int = 50
    ) -> tuple[list[MessageView], int]:
        """Messages that match, newest first, and how many match in all."""
        rows, total = await self._messages.page(wanted, offset=offset, limit=limit)
        return [_view(row) for row in rows], total

    async def resend(self, message_id: UUID) -> MessageView:
        """Send a message that was sent or given up once more, as a new one.

        Raises:
            MessageNotFoundError: there is none.
            MessageStillQueuedError: it is on its way.
            MessageErasedError: what it said is erased.
        """
        row = await self._known(message_id)
        if row.state is MessageState.QUEUED:
            raise MessageStillQueuedError(message_id)
        if row.text is None:
            raise MessageErasedError(message_id)
        message, again = _message(row, row.text), new_id()
        await self._messages.add([(again, message)], _now(self._session), resend_of=message_id)
        await _have_delivered(self._session, [message])
        await record(
            self._session,
            action="messages.resend",
            target=("message", again),
            after={"resend_of": message_id},
        )
        return _view(await self._known(again))

    async def forget(self, about: tuple[str, UUID]) -> int:
        """Remove all messages about something, as when a person is erased; how many."""
        removed = await self._messages.remove_about(*about)
        await record(
            self._session, action="messages.forget", target=about, after={"messages": removed}
        )
        return removed

    async def _known(self, message_id: UUID) -> MessageRow:
        row = await self._messages.by_id(message_id)
        if row is None:
            raise MessageNotFoundError(message_id)
        return row


def _now(session: AsyncSession) -> datetime:
    return clock_of(session).now()


def _message(row: MessageRow, text: str) -> NewMessage:
    about = None
    if row.about_kind is not None and row.about_id is not None:
        about = (row.about_kind, row.about_id)
    return NewMessage(
        channel=row.channel,
        recipient=row.recipient,
        subject=row.subject,
        text=text,
        topic=row.topic,
        html=row.html,
        about=about,
        language=row.language,
        is_secret=row.is_secret,
        sender_name=row.sender_name,
        unsubscribe_url=row.unsubscribe_url,
    )


def _view(row: MessageRow) -> MessageView:
    return MessageView(
        id=row.id,
        channel=row.channel,
        recipient=row.recipient,
        sender_name=row.sender_name,
        subject=row.subject,
        text=row.text,
        html=row.html,
        topic=row.topic,
        about_kind=row.about_kind,
        about_id=row.about_id,
        language=row.language,
        is_secret=row.is_secret,
        resend_of=row.resend_of,
        state=row.state,
        attempts=row.attempts,
        error=row.error,
        provider_id=row.provider_id,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at if row.state is MessageState.QUEUED else None,
        sent_at=row.sent_at,
    )
