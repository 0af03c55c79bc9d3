"""What can be done with an unsubscribe link: look, unsubscribe, subscribe again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, clock_of
from dotmac_core_ops.principal import Actor, acting_as, current_actor
from dotmac_customers.communication.consents.record import (
    ConsentDecision,
    ConsentMethod,
    NewConsent,
)
from dotmac_customers.communication.consents.service import ConsentService
from dotmac_customers.communication.errors import UnsubscribeLinkInvalidError
from dotmac_customers.communication.preferences.service import PreferenceService
from dotmac_customers.communication.service import sender_of
from dotmac_customers.communication.topics import ALWAYS_ON, NEEDS_CONSENT, ContactChannel, Topic
from dotmac_customers.communication.unsubscribing.page import WORDING, WORDING_VERSION
from dotmac_customers.communication.unsubscribing.repository import UnsubscribeKeyRepository
from dotmac_customers.communication.unsubscribing.token import (
    KEY_BYTES,
    Subscription,
    is_genuine,
    read_link_token,
)


@dataclass(frozen=True)
class LinkState:
    """What a link is about and how things stand; no name and no address, whoever opens it."""

    tenant_name: str
    channel: ContactChannel
    topic: Topic
    is_subscribed: bool


async def unsubscribe_key(session: AsyncSession) -> bytes:
    """The key that signs the links of the session's tenant, made when there is none."""
    keys = UnsubscribeKeyRepository(session)
    known = await keys.find()
    if known is not None:
        return known
    return await keys.make(secrets.token_bytes(KEY_BYTES), clock_of(session).now())


class UnsubscribeDesk:
    """Where unsubscribe links lead; whoever holds one needs no other right."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look(self, token: str) -> LinkState:
        """How things stand; nothing is changed, because mail programs open links by themselves.

        Raises:
            UnsubscribeLinkInvalidError: the link is not one that was sent.
        """
        subscription = await self._genuine(token)
        async with self._database.transaction(subscription.tenant_id) as session:
            return await _state(session, subscription)

    async def choose(
        self, token: str, *, is_subscribed: bool, source_address: str | None
    ) -> LinkState:
        """Unsubscribe, or subscribe again; doing it twice changes nothing more.

        Raises:
            UnsubscribeLinkInvalidError: the link is not one that was sent.
        """
        subscription = await self._genuine(token)
        request_id = current_actor().request_id
        actor = Actor(
            f"customer:{subscription.customer_id}", "system", request_id, subscription.tenant_id
        )
        async with self._database.transaction(subscription.tenant_id) as session:
            with acting_as(actor):
                await _choose(session, subscription, is_subscribed, source_address)
            return await _state(session, subscription)

    async def _genuine(self, token: str) -> Subscription:
        signed = read_link_token(token)
        if signed is None or signed.subscription.topic in ALWAYS_ON:
            raise UnsubscribeLinkInvalidError
        async with self._database.transaction(signed.subscription.tenant_id) as session:
            key = await UnsubscribeKeyRepository(session).find()
        # A tenant that sent no link has no key; comparing takes as long either way.
        if not is_genuine(signed, key or bytes(KEY_BYTES)) or key is None:
            raise UnsubscribeLinkInvalidError
        return signed.subscription


async def _choose(
    session: AsyncSession,
    subscription: Subscription,
    is_subscribed: bool,
    source_address: str | None,
) -> None:
    if (await _state(session, subscription)).is_subscribed is is_subscribed:
        return
    channel, topic = subscription.channel, subscription.topic
    wish = (channel, topic, is_subscribed)
    await PreferenceService(session).change(subscription.customer_id, [wish])
    if topic in NEEDS_CONSENT:
        consent = NewConsent(
            topic=topic,
            channel=channel,
            decision=ConsentDecision.GIVEN if is_subscribed else ConsentDecision.WITHDRAWN,
            method=(
                ConsentMethod.PREFERENCE_PAGE if is_subscribed else ConsentMethod.UNSUBSCRIBE_LINK
            ),
            text_version=WORDING_VERSION if is_subscribed else None,
            wording=WORDING if is_subscribed else None,
            source_address=source_address,
        )
        await ConsentService(session).note(subscription.customer_id, consent)


async def _state(session: AsyncSession, subscription: Subscription) -> LinkState:
    channel, topic = subscription.channel, subscription.topic
    found = await PreferenceService(session).of(subscription.customer_id)
    [view] = [one for one in found.preferences if (one.channel, one.topic) == (channel, topic)]
    return LinkState(
        tenant_name=(await sender_of(session)).look.tenant_name,
        channel=channel,
        topic=topic,
        is_subscribed=view.is_enabled and (view.has_consent or not view.needs_consent),
    )
