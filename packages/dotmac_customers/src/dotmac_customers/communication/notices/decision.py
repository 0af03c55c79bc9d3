"""Whether a customer is sent something, now or later, or not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dotmac_customers.communication.quiet_hours import QuietHours, quiet_until
from dotmac_customers.communication.topics import ALWAYS_ON, NEEDS_CONSENT, Topic


class NoticeOutcome(StrEnum):
    """What is done with a message."""

    SENT = "sent"
    HELD = "held"
    REFUSED = "refused"


class NoticeReason(StrEnum):
    """Why it is not sent at once."""

    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    SWITCHED_OFF = "switched_off"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a customer stands to a topic on a channel; `wants_it` None is the default."""

    address: str | None
    is_suppressed: bool
    wants_it: bool | None
    has_consented: bool
    quiet_hours: QuietHours | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done; `send_at` is the end of the quiet hours for what is held."""

    outcome: NoticeOutcome
    reason: NoticeReason | None = None
    send_at: datetime | None = None


def decide(standing: Standing, topic: Topic, now: datetime) -> Decision:
    """What becomes of a message about `topic`.

    An emergency passes everything but an address that is missing or returns mail.
    """
    refusal = _refusal(standing, topic)
    if refusal is not None:
        return Decision(NoticeOutcome.REFUSED, refusal)
    if topic in ALWAYS_ON or standing.quiet_hours is None:
        return Decision(NoticeOutcome.SENT)
    until = quiet_until(standing.quiet_hours, now)
    if until is not None:
        return Decision(NoticeOutcome.HELD, NoticeReason.QUIET_HOURS, until)
    return Decision(NoticeOutcome.SENT)


def _refusal(standing: Standing, topic: Topic) -> NoticeReason | None:
    if standing.address is None:
        return NoticeReason.NO_ADDRESS
    if standing.is_suppressed:
        return NoticeReason.SUPPRESSED
    if topic in ALWAYS_ON:
        return None
    if topic in NEEDS_CONSENT and not standing.has_consented:
        return NoticeReason.NO_CONSENT
    return NoticeReason.SWITCHED_OFF if standing.wants_it is False else None
