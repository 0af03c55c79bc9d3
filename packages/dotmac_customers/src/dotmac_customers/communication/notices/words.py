"""What a customer is told, made ready for the channel it goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import phonenumbers

from dotmac_core_events import Channel, Look, NewMessage, rendered
from dotmac_customers.communication.topics import NEEDS_CONSENT, ContactChannel, Topic

LONGEST_SMS = 1500


@dataclass(frozen=True, slots=True)
class Words:
    """A message before it has a look: `button` is a label and an address on the web."""

    subject: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None
    code: str | None = None
    small_print: str = ""
    is_secret: bool = False


def message_of(
    words: Words,
    look: Look,
    *,
    channel: ContactChannel,
    address: str,
    topic: Topic,
    customer_id: UUID,
    unsubscribe_url: str | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> NewMessage:
    """`words` as a message to `address`.

    One click unsubscribes from marketing only (RFC 8058): mail programs put that button beside
    every mail that offers it, and nobody means to stop their invoices with it.
    """
    about = ("customer", customer_id)
    if channel is ContactChannel.SMS:
        parts = [*words.paragraphs, words.code or "", words.button[1] if words.button else ""]
        text = "\n".join(part for part in (look.tenant_name + ":", *parts) if part)
        message = NewMessage(
            channel=Channel.SMS,
            recipient=address,
            subject=words.subject,
            text=text[:LONGEST_SMS],
            topic=topic.value,
            about=about,
            language=look.language,
            is_secret=words.is_secret,
        )
    else:
        made = rendered(
            look,
            subject=words.subject,
            paragraphs=words.paragraphs,
            button=words.button,
            code=words.code,
            small_print=words.small_print,
            unsubscribe_url=unsubscribe_url,
        )
        message = made.to(address, topic=topic.value, about=about, is_secret=words.is_secret)
        if topic in NEEDS_CONSENT:
            message = replace(message, unsubscribe_url=unsubscribe_url)
    return replace(message, not_before=not_before, not_after=not_after)


def dialled(phone: str | None, country: str) -> str | None:
    """`phone` as carriers dial it: `070-123 45 67` in `SE` is `+46701234567`; None if it is none.

    `country` is where a number without a country code is dialled.
    """
    if phone is None:
        return None
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
