"""A ticket: the right to fetch one file for one purpose, until an instant.

It is 33 bytes of what it is good for and when it ends, and an HMAC-SHA-256 over them under a key
that is derived from the installation's, so that nobody can make or change one. Nothing is stored:
a ticket ends by itself after minutes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from dotmac_customers.file_links.errors import TicketExpiredError, TicketInvalidError

LONGEST_LIFE = timedelta(minutes=5)
"""No ticket lives longer."""

_MAC_BYTES = 32
_TICKET_BYTES = 16 + 16 + 8 + 1 + _MAC_BYTES
_CONTEXT = b"dotmac file ticket 1"


class Purpose(IntEnum):
    """What a file is fetched as; a ticket for one purpose is worth nothing for another."""

    DOCUMENT = 1
    DATA_EXPORT = 2


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose file may be fetched as what, before `expires_at` (whole seconds)."""

    tenant_id: UUID
    file_id: UUID
    purpose: Purpose
    expires_at: datetime


def signed(ticket: Ticket, secret: str, now: datetime) -> str:
    """The ticket as a text that fits into a path.

    Raises:
        ValueError: it would live longer than `LONGEST_LIFE`, or there is no secret to sign with.
    """
    if ticket.expires_at - now > LONGEST_LIFE:
        raise ValueError(f"A ticket lives at most {LONGEST_LIFE}.")
    packed = b"".join(
        (
            ticket.tenant_id.bytes,
            ticket.file_id.bytes,
            int(ticket.expires_at.timestamp()).to_bytes(8, "big"),
            bytes((ticket.purpose,)),
        )
    )
    return base64.urlsafe_b64encode(packed + _mac(packed, secret)).decode().rstrip("=")


def checked_ticket(text: str, secret: str, purpose: Purpose, now: datetime) -> Ticket:
    """The ticket that `signed` made, if it is good for `purpose` at `now`.

    Raises:
        TicketInvalidError: it was made or changed by somebody else, or for another purpose.
        TicketExpiredError: it has ended.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TicketInvalidError from error
    content, mac = packed[:-_MAC_BYTES], packed[-_MAC_BYTES:]
    # Two texts can stand for the same bytes in base64; only the one that was given counts.
    is_canonical = base64.urlsafe_b64encode(packed).decode().rstrip("=") == text
    if len(packed) != _TICKET_BYTES or not is_canonical:
        raise TicketInvalidError
    if not hmac.compare_digest(mac, _mac(content, secret)) or content[40] != purpose:
        raise TicketInvalidError
    expires_at = datetime.fromtimestamp(int.from_bytes(content[32:40], "big"), UTC)
    if now >= expires_at:
        raise TicketExpiredError
    return Ticket(UUID(bytes=content[:16]), UUID(bytes=content[16:32]), purpose, expires_at)


def _mac(content: bytes, secret: str) -> bytes:
    if not secret:
        raise ValueError("SECRET_KEY is empty: nothing can be signed with it.")
    key = hmac.digest(secret.encode(), _CONTEXT, hashlib.sha256)
    return hmac.digest(key, content, hashlib.sha256)
