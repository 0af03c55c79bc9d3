"""Whether what a server answered means that an address is not to be written to again."""

from __future__ import annotations

import re
from enum import StrEnum

from dotmac_customers.communication.topics import ContactChannel


class SuppressionReason(StrEnum):
    """Why an address is not written to."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    MANUAL = "manual"


# RFC 3463: 5.1.x is about the address, 5.2.1 a mailbox that is closed. A server without such codes
# says 550, 551 or 553 of a mailbox (RFC 5321, 4.2.3). What is too large, or taken for spam, says
# nothing about the address.
_ENHANCED = re.compile(r"5\d\d[ -](\d\.\d{1,3}\.\d{1,3})\b")
_OF_THE_ADDRESS = re.compile(r"5\.1\.\d+|5\.2\.1")
_PLAIN = re.compile(r"55[013]\b")
# Twilio: no such number, not a mobile one, and the person who answered STOP.
_NO_SUCH_NUMBER = re.compile(r"(21211|21217|21614)\b")
_STOPPED = re.compile(r"21610\b")


def reason_to_suppress(channel: ContactChannel, answer: str) -> SuppressionReason | None:
    """Why `answer`, with which a message was refused for good, speaks against its address.

    `550 5.1.1 No such user` is a bounce; `550 5.7.1 Looks like spam` is none, because of the
    enhanced code.
    """
    if channel is ContactChannel.SMS:
        if _STOPPED.match(answer):
            return SuppressionReason.COMPLAINED
        return SuppressionReason.BOUNCED if _NO_SUCH_NUMBER.match(answer) else None
    enhanced = _ENHANCED.match(answer)
    if enhanced is not None:
        is_gone = _OF_THE_ADDRESS.fullmatch(enhanced[1]) is not None
    else:
        is_gone = _PLAIN.match(answer) is not None
    return SuppressionReason.BOUNCED if is_gone else None
