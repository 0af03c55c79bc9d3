"""What is kept of an address of somebody who was forgotten, so that it stays suppressed."""

from __future__ import annotations

import hashlib
import hmac

from dotmac_customers.communication.topics import ContactChannel

_PURPOSE = b"dotmac suppressed address 1"


def address_digest(key: bytes, channel: ContactChannel, address: str) -> bytes:
    """The HMAC-SHA-256 of an address in its plain form, under the tenant's key: 32 bytes.

    Keyed, because there are few telephone numbers: a plain hash of one is undone by trying all.
    """
    told = b"\x00".join((_PURPOSE, channel.value.encode(), address.encode()))
    return hmac.new(key, told, hashlib.sha256).digest()
