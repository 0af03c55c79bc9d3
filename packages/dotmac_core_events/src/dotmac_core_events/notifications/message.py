"""A message to one person, as it is handed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dotmac_core_events.notifications.errors import InvalidMessageError

LONGEST_LINE = 500
LONGEST_TEXT = 200_000
LONGEST_SMS = 1600  # what carriers put together again at the other end

# A line break in one of these would begin a header of the sender's own choice.
_UNFIT_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNFIT_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]\\]{1,64}@[^@\s<>(),;:\"\[\]\\]{1,255}")
_PHONE = re.compile(r"\+[1-9][0-9 ()./-]{5,24}")
_TOPIC = re.compile(r"[a-z][a-z0-9_]{0,62}")


class Channel(StrEnum):
    """The way a message goes."""

    EMAIL = "email"
    SMS = "sms"
    IN_APP = "in_app"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMessage:
    """A message to be sent.

    `recipient` is an e-mail address, a phone number with its `+`, or in the application a user's
    id. `topic` groups messages (`billing`, `security`), `about` says what they concern, such as
    `("customer", customer_id)`. `language` is a BCP 47 tag. What `is_secret` (a link to sign in, a
    code) is erased once it was sent or given up. `sender_name` stands before the address it comes
    from: usually the tenant's name. With `unsubscribe_url` mail programs offer to unsubscribe by
    one click. It is not sent before `not_before`, and given up at `not_after`.
    """

    channel: Channel
    recipient: str
    subject: str
    text: str
    topic: str
    html: str | None = None
    about: tuple[str, UUID] | None = None
    language: str | None = None
    is_secret: bool = False
    sender_name: str | None = None
    unsubscribe_url: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None


def checked(message: NewMessage) -> NewMessage:
    """`message`, if it can be sent as it is.

    Raises:
        InvalidMessageError: no such address, a line break where a header would be, or too long.
    """
    recipient = {Channel.EMAIL: _EMAIL, Channel.SMS: _PHONE}.get(message.channel)
    if recipient is not None and recipient.fullmatch(message.recipient) is None:
        raise InvalidMessageError("recipient", f"is no address for {message.channel.value}.")
    if _TOPIC.fullmatch(message.topic) is None:
        raise InvalidMessageError("topic", "is a word such as billing.")
    for field in ("recipient", "subject", "sender_name", "unsubscribe_url", "language"):
        _check_line(field, getattr(message, field))
    longest = LONGEST_SMS if message.channel is Channel.SMS else LONGEST_TEXT
    for field in ("text", "html"):
        _check_text(field, getattr(message, field), longest)
    if message.unsubscribe_url is not None and not message.unsubscribe_url.startswith("http"):
        raise InvalidMessageError("unsubscribe_url", "is no address on the web.")
    return message


def _check_line(field: str, value: str | None) -> None:
    if value is None:
        return
    if _UNFIT_IN_LINE.search(value):
        raise InvalidMessageError(field, "holds a line break or another control character.")
    if len(value) > LONGEST_LINE:
        raise InvalidMessageError(field, f"is longer than {LONGEST_LINE} characters.")


def _check_text(field: str, value: str | None, longest: int) -> None:
    if value is None:
        return
    if len(value) > longest:
        raise InvalidMessageError(field, f"is longer than {longest} characters.")
    if _UNFIT_IN_TEXT.search(value):
        raise InvalidMessageError(field, "holds a character that cannot be sent.")
