"""What customers are written about, and on which ways."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What a message to a customer is about."""

    BILLING = "billing"
    SERVICE = "service"
    TECHNICAL = "technical"
    MARKETING = "marketing"
    EMERGENCY = "emergency"


class ContactChannel(StrEnum):
    """A way to reach a customer; people use those that no machine sends on."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    MAIL = "mail"
    PUSH = "push"


SENT_BY_MACHINE = frozenset({ContactChannel.EMAIL, ContactChannel.SMS})
"""The ways on which `notify_customer` sends."""

NEEDS_CONSENT = frozenset({Topic.MARKETING})
"""What nobody is sent without having agreed to it (GDPR, article 6(1)(a); ePrivacy, article 13)."""

ALWAYS_ON = frozenset({Topic.EMERGENCY})
"""What cannot be switched off, and does not wait for the end of quiet hours."""
