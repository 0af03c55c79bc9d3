"""The signed token in an unsubscribe link: whose it is is in the open, the signature proves it.

Base 64 of tenant, customer, channel and topic, followed by their HMAC-SHA-256 under the tenant's
key. It does not expire: a link in a mail of years ago still lets its reader unsubscribe.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from dotmac_customers.communication.topics import ContactChannel, Topic

KEY_BYTES = 32
_CHANNELS = list(ContactChannel)
_TOPICS = list(Topic)
_FACTS = 34  # two identifiers of 16 bytes, a channel, a topic
_LENGTH = _FACTS + hashlib.sha256().digest_size
_PURPOSE = b"dotmac unsubscribe 1"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link is about."""

    tenant_id: UUID
    customer_id: UUID
    channel: ContactChannel
    topic: Topic


@dataclass(frozen=True, slots=True)
class SignedSubscription:
    """A link taken apart; it means nothing before `is_genuine`."""

    subscription: Subscription
    facts: bytes
    signature: bytes


def compose_link_token(subscription: Subscription, key: bytes) -> str:
    """The token of a link, 88 characters that need no escaping."""
    facts = (
        subscription.tenant_id.bytes
        + subscription.customer_id.bytes
        + bytes([_CHANNELS.index(subscription.channel), _TOPICS.index(subscription.topic)])
    )
    return base64.urlsafe_b64encode(facts + _signature(facts, key)).decode()


def read_link_token(token: str) -> SignedSubscription | None:
    """`token` taken apart; None, if it has not the form of one."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _LENGTH or raw[32] >= len(_CHANNELS) or raw[33] >= len(_TOPICS):
        return None
    subscription = Subscription(
        UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), _CHANNELS[raw[32]], _TOPICS[raw[33]]
    )
    return SignedSubscription(subscription, raw[:_FACTS], raw[_FACTS:])


def is_genuine(signed: SignedSubscription, key: bytes) -> bool:
    """Whether it was signed with `key`; takes as long for a wrong one."""
    return hmac.compare_digest(signed.signature, _signature(signed.facts, key))


def _signature(facts: bytes, key: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + facts, hashlib.sha256).digest()
