"""Handing messages over to the world, outside any transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from dotmac_core_events.failure import describe, is_unreachable, retry_delay
from dotmac_core_events.lease import kept_alive
from dotmac_core_events.notifications.errors import UndeliverableError
from dotmac_core_events.notifications.events import MessageFailed, MessageSent
from dotmac_core_events.notifications.outgoing import (
    Deliveries,
    NotNowError,
    Outgoing,
    Send,
    UnreachableError,
)
from dotmac_core_events.notifications.repository import Claim, MessageRepository
from dotmac_core_events.notifications.service import deliver_at
from dotmac_core_events.publisher import EventPublisher
from dotmac_core_ops.database import Database, clock_of, new_id
from dotmac_core_ops.logging import get_logger

MAX_ATTEMPTS = 24
"""So often a message is tried, over about half a day; then it is given up."""

_BATCH = 20
_LEASE_SECONDS = 60
_EXPIRED = "It was of no use any more before it could be sent."

_log = get_logger(__name__)


class MessageDeliverer:
    """Takes a tenant's due messages and sends them.

    A message is claimed in one transaction, sent in none, and its end written in another: whoever
    loses its worker in between is sent again, under the same Message-ID, when the lease is over.
    """

    def __init__(self, database: Database, deliveries: Deliveries) -> None:
        self._database = database
        self._deliveries = deliveries

    async def deliver_due(self, tenant_id: UUID) -> int:
        """Try every message of the tenant that is due; how many were tried."""
        tried = 0
        while True:
            claim = await self._claim(tenant_id)
            if not claim.messages:
                return tried
            tried += len(claim.messages)
            async with kept_alive(partial(self._extend, tenant_id, claim), _LEASE_SECONDS):
                await self._send_all(tenant_id, claim)

    async def _claim(self, tenant_id: UUID) -> Claim:
        async with self._database.transaction(tenant_id) as session:
            now = clock_of(session).now()
            return await MessageRepository(session).claim(
                new_id(), limit=_BATCH, now=now, until=now + timedelta(seconds=_LEASE_SECONDS)
            )

    async def _extend(self, tenant_id: UUID, claim: Claim) -> None:
        async with self._database.transaction(tenant_id) as session:
            until = clock_of(session).now() + timedelta(seconds=_LEASE_SECONDS)
            await MessageRepository(session).extend(claim, until)

    async def _send_all(self, tenant_id: UUID, claim: Claim) -> None:
        for channel, delivery in self._deliveries.items():
            messages = [message for message in claim.messages if message.channel is channel]
            if not messages:
                continue
            async with delivery.opened() as send:
                await self._send_some(tenant_id, claim, messages, send)

    async def _send_some(
        self, tenant_id: UUID, claim: Claim, messages: Sequence[Outgoing], send: Send
    ) -> None:
        unreachable: UnreachableError | None = None
        for message in messages:
            if unreachable is not None:
                # One wait for a service that does not answer is enough.
                await self._failed(tenant_id, claim, message, unreachable)
                continue
            try:
                provider_id = await self._handed_over(tenant_id, message, send)
            except Exception as error:
                if is_unreachable(error):
                    raise  # our own database, not the message's way
                unreachable = error if isinstance(error, UnreachableError) else None
                await self._failed(tenant_id, claim, message, error)
            else:
                await self._sent(tenant_id, claim, message, provider_id)

    async def _handed_over(self, tenant_id: UUID, message: Outgoing, send: Send) -> str | None:
        now = (await self._database.tenant_clock(tenant_id)).now()
        if message.not_after is not None and now >= message.not_after:
            raise UndeliverableError(_EXPIRED)
        return await send(message)

    async def _sent(
        self, tenant_id: UUID, claim: Claim, message: Outgoing, provider_id: str | None
    ) -> None:
        async with self._database.transaction(tenant_id) as session:
            now = clock_of(session).now()
            messages = MessageRepository(session)
            if await messages.sent(message.id, claim.id, provider_id, now):
                await EventPublisher(session).publish(MessageSent(**_facts(message)))

    async def _failed(
        self, tenant_id: UUID, claim: Claim, message: Outgoing, error: Exception
    ) -> None:
        is_permanent = isinstance(error, UndeliverableError)
        is_answer = isinstance(error, UndeliverableError | UnreachableError | NotNowError)
        why = str(error) if is_answer else describe(error)
        # Not `why`: a server's answer often quotes the address.
        _log.warning(
            "message not delivered",
            message_id=str(message.id),
            channel=message.channel.value,
            attempt=message.attempts,
            error=type(error).__name__,
        )
        async with self._database.transaction(tenant_id) as session:
            messages = MessageRepository(session)
            if not is_permanent and message.attempts < MAX_ATTEMPTS:
                at = clock_of(session).now() + retry_delay(message.attempts)
                if await messages.retry(message.id, claim.id, why, at):
                    await deliver_at(session, at)
            elif await messages.give_up(message.id, claim.id, why):
                failed = MessageFailed(
                    **_facts(message),
                    is_permanent=is_permanent and why != _EXPIRED,
                    error=type(error).__name__,
                )
                await EventPublisher(session).publish(failed)


def _facts(message: Outgoing) -> dict[str, object]:
    return {
        "message_id": message.id,
        "channel": message.channel.value,
        "topic": message.topic,
        "subject": message.subject,
        "about_kind": message.about_kind,
        "about_id": message.about_id,
    }
