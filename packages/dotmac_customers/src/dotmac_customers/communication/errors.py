"""Refusals about how customers are written to."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import InvalidError, NotFoundError


class AlwaysOnError(InvalidError):
    """This topic is sent to everybody whom it concerns, and cannot be switched off."""

    code = "TOPIC_ALWAYS_ON"

    def __init__(self, topic: str) -> None:
        super().__init__(f"Messages about {topic} cannot be switched off.", topic=topic)


class QuietHoursEmptyError(InvalidError):
    """Quiet hours begin and end at different times; remove them to have none."""

    code = "QUIET_HOURS_EMPTY"

    def __init__(self) -> None:
        super().__init__("Quiet hours must end at another time than they begin at.")


class ConsentUnfoundedError(InvalidError):
    """A consent says to which text it was given: name its version, or repeat its words."""

    code = "CONSENT_WITHOUT_TEXT"

    def __init__(self) -> None:
        super().__init__("Say which text was agreed to: text_version, wording, or both.")


class ChannelNotSentError(InvalidError):
    """No machine sends on this channel; use email or sms."""

    code = "CHANNEL_NOT_SENT"

    def __init__(self, channel: str) -> None:
        super().__init__(f"Nothing is sent by {channel}; use email or sms.", channel=channel)


class SuppressedAddressNotFoundError(NotFoundError):
    """The address is not suppressed (any more)."""

    code = "SUPPRESSED_ADDRESS_NOT_FOUND"

    def __init__(self, suppressed_id: UUID) -> None:
        super().__init__("There is no such address.", suppressed_id=str(suppressed_id))


class UnsubscribeLinkInvalidError(NotFoundError):
    """The link was cut short or changed on its way; use the one in the message."""

    code = "UNSUBSCRIBE_LINK_INVALID"

    def __init__(self) -> None:
        super().__init__("This link is not complete; open it from the message again.")
