"""Telling customers something: who is told at once, who later, who not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import NewMessage, one_line, send_messages
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_ids, tenant_of
from dotmac_customers.communication.errors import ChannelNotSentError
from dotmac_customers.communication.models import NoticeRow
from dotmac_customers.communication.notices.decision import (
    Decision,
    NoticeOutcome,
    NoticeReason,
    Standing,
    decide,
)
from dotmac_customers.communication.notices.repository import NoticeRepository, Recipient
from dotmac_customers.communication.notices.words import Words, dialled, message_of
from dotmac_customers.communication.quiet_hours import QuietHours, time_at
from dotmac_customers.communication.service import Sender, sender_of
from dotmac_customers.communication.suppression.service import SuppressionService
from dotmac_customers.communication.topics import (
    ALWAYS_ON,
    SENT_BY_MACHINE,
    ContactChannel,
    Topic,
)
from dotmac_customers.communication.unsubscribing.service import unsubscribe_key
from dotmac_customers.communication.unsubscribing.token import Subscription, compose_link_token
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.service import CustomerService


@dataclass(frozen=True)
class Notice:
    """What was decided about a message to a customer; `reason` says why it is not sent at once."""

    id: UUID
    customer_id: UUID
    topic: Topic
    channel: ContactChannel
    subject: str
    outcome: NoticeOutcome
    reason: NoticeReason | None
    message_id: UUID | None
    send_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is done about one customer."""

    recipient: Recipient
    words: Words
    address: str
    decision: Decision


async def notify_customer(
    session: AsyncSession,
    customer_id: UUID,
    topic: Topic,
    words: Words,
    *,
    channel: ContactChannel = ContactChannel.EMAIL,
) -> Notice:
    """Tell a customer something, unless it does not want to hear it; what was decided.

    ```python
    await notify_customer(
        session, customer_id, Topic.SERVICE,
        Words("Works in your street", ("There is no service on Monday from 2 to 4.",)),
    )
    ```

    Raises:
        CustomerNotFoundError: the tenant has no such customer.
        ChannelNotSentError: no machine sends on this channel.
        InvalidMessageError: the words cannot be sent as they are.
    """
    notices = await NoticeService(session).notify({customer_id: words}, topic, channel=channel)
    return notices[0]


class NoticeService:
    """Messages to customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._notices = NoticeRepository(session)

    async def notify(
        self,
        words: Mapping[UUID, Words],
        topic: Topic,
        *,
        channel: ContactChannel = ContactChannel.EMAIL,
    ) -> list[Notice]:
        """Tell each customer its words, in a handful of statements for any number of them.

        Raises:
            CustomerNotFoundError: one of them does not exist; nobody is told.
            ChannelNotSentError, InvalidMessageError: see `notify_customer`.
        """
        if channel not in SENT_BY_MACHINE:
            raise ChannelNotSentError(channel.value)
        sender = await sender_of(self._session)
        plans = await self._plans(words, topic, channel, sender)
        key = await unsubscribe_key(self._session) if topic not in ALWAYS_ON else None
        messages = {
            plan.recipient.id: self._message(plan, topic, channel, sender, key)
            for plan in plans
            if plan.decision.outcome is not NoticeOutcome.REFUSED
        }
        ids = await send_messages(self._session, messages.values())
        sent = dict(zip(messages, ids, strict=True))
        now = clock_of(self._session).now()
        notices = [
            Notice(
                id=notice_id,
                customer_id=plan.recipient.id,
                topic=topic,
                channel=channel,
                subject=one_line(plan.words.subject),
                outcome=plan.decision.outcome,
                reason=plan.decision.reason,
                message_id=sent.get(plan.recipient.id),
                send_at=plan.decision.send_at,
                created_at=now,
            )
            for notice_id, plan in zip(new_ids(len(plans)), plans, strict=True)
        ]
        await self._notices.add(_row(notice) for notice in notices)
        return notices

    async def write(
        self, customer_id: UUID, topic: Topic, words: Words, channel: ContactChannel
    ) -> Notice:
        """`notify` by a member of staff, which the audit log keeps."""
        [notice] = await self.notify({customer_id: words}, topic, channel=channel)
        await record(
            self._session,
            action="customers.notify",
            target=("customer", customer_id),
            after={
                "topic": topic.value,
                "channel": channel.value,
                "outcome": notice.outcome.value,
                "reason": notice.reason.value if notice.reason else None,
                "message_id": notice.message_id,
            },
        )
        return notice

    async def page(
        self, customer_id: UUID, *, offset: int, limit: int
    ) -> tuple[Sequence[NoticeRow], int]:
        """What was decided about a customer, newest first, and how many there are.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        await CustomerService.within(self._session).by_id(customer_id)
        return await self._notices.page(customer_id, offset=offset, limit=limit)

    async def _plans(
        self, words: Mapping[UUID, Words], topic: Topic, channel: ContactChannel, sender: Sender
    ) -> list[_Plan]:
        found = await self._notices.recipients(list(words), channel, topic)
        missing = [customer_id for customer_id in words if customer_id not in found]
        if missing:
            raise CustomerNotFoundError(missing[0])
        addresses = {one.id: _address(one, channel, sender) for one in found.values()}
        suppressed = await SuppressionService(self._session).among(
            channel, filter(None, addresses.values())
        )
        now = clock_of(self._session).now()
        plans = []
        for customer_id, said in words.items():
            one, address = found[customer_id], addresses[customer_id]
            standing = _standing(one, address, suppressed, sender)
            plans.append(_Plan(one, said, address or "", decide(standing, topic, now)))
        return plans

    def _message(
        self,
        plan: _Plan,
        topic: Topic,
        channel: ContactChannel,
        sender: Sender,
        key: bytes | None,
    ) -> NewMessage:
        customer = plan.recipient
        link = None
        if key is not None and not plan.words.is_secret:
            tenant_id = tenant_of(self._session)
            token = compose_link_token(Subscription(tenant_id, customer.id, channel, topic), key)
            link = f"{sender.base_url}/api/v1/unsubscribe?token={token}"
        return message_of(
            plan.words,
            replace(sender.look, language=customer.language or sender.look.language),
            channel=channel,
            address=plan.address,
            topic=topic,
            customer_id=customer.id,
            unsubscribe_url=link,
            not_before=plan.decision.send_at,
        )


def _address(one: Recipient, channel: ContactChannel, sender: Sender) -> str | None:
    return dialled(one.phone, sender.country) if channel is ContactChannel.SMS else one.email


def _standing(
    one: Recipient, address: str | None, suppressed: set[str], sender: Sender
) -> Standing:
    span = sender.quiet
    if one.starts_minute is not None and one.ends_minute is not None:
        span = time_at(one.starts_minute), time_at(one.ends_minute)
    zone = one.quiet_zone or one.time_zone or sender.time_zone
    quiet = None if span is None else QuietHours(*span, zone)
    return Standing(address, address in suppressed, one.wants_it, one.has_consented, quiet)


def _row(notice: Notice) -> tuple[object, ...]:
    return (
        *(notice.id, notice.customer_id, notice.topic.value, notice.channel.value),
        *(notice.subject, notice.outcome.value),
        None if notice.reason is None else notice.reason.value,
        *(notice.message_id, notice.send_at, notice.created_at),
    )
