"""Links that are good for a while without further credentials: pure, and the key is the caller's.

A link names what it is for, whose it is, which thing, and until when; changing any of that, or
using it for another purpose, makes it worthless.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import UTC, datetime
from uuid import UUID

from dotmac_core_ops.errors import ForbiddenError

_EXPIRY = struct.Struct(">Q")
_MAC_BYTES = 32


class SignedLinkError(ForbiddenError):
    """The link has expired, was altered, or was made for something else; ask for a new one."""

    code = "INVALID_LINK"

    def __init__(self) -> None:
        super().__init__("This link is not valid any more. Ask for a new one.")


def link_signature(
    key: str, purpose: str, tenant_id: UUID, thing_id: UUID, expires_at: datetime
) -> str:
    """What proves a link; URL-safe. `expires_at` counts to the second and is the first one without.

    `purpose` separates kinds of links, such as `tenant_export`.
    """
    expiry = _EXPIRY.pack(int(expires_at.timestamp()))
    mac = _mac(key, purpose, tenant_id, thing_id, expiry)
    return base64.urlsafe_b64encode(expiry + mac).decode().rstrip("=")


def require_link(
    signature: str, *, key: str, purpose: str, tenant_id: UUID, thing_id: UUID, now: datetime
) -> datetime:
    """Until when the link is good.

    Raises:
        SignedLinkError: it is not, or not any more at `now`.
    """
    try:
        raw = base64.b64decode(signature + "=" * (-len(signature) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignedLinkError from error
    expiry, mac = raw[: _EXPIRY.size], raw[_EXPIRY.size :]
    if len(mac) != _MAC_BYTES:
        raise SignedLinkError
    if not hmac.compare_digest(mac, _mac(key, purpose, tenant_id, thing_id, expiry)):
        raise SignedLinkError
    seconds = _EXPIRY.unpack(expiry)[0]
    if seconds <= now.timestamp():
        raise SignedLinkError
    return datetime.fromtimestamp(seconds, UTC)


def _mac(key: str, purpose: str, tenant_id: UUID, thing_id: UUID, expiry: bytes) -> bytes:
    # A key of its own for links, so that nothing else that is signed can be passed off as one.
    own = hmac.digest(key.encode(), b"dotmac.signed_link:" + purpose.encode(), hashlib.sha256)
    return hmac.digest(own, tenant_id.bytes + thing_id.bytes + expiry, hashlib.sha256)
