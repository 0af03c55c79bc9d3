"""Where a page of a timeline ended, as a text that callers hand back."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dotmac_customers.timeline.errors import InvalidCursorError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BYTES = 24


def cursor_of(at: datetime, entry_id: UUID) -> str:
    """The text for an entry: its instant, exact to the microsecond, and its id."""
    microseconds = (at - _EPOCH) // _MICROSECOND
    packed = microseconds.to_bytes(8, "big", signed=True) + entry_id.bytes
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def entry_at(cursor: str) -> tuple[datetime, UUID]:
    """What `cursor_of` was given.

    Raises:
        InvalidCursorError: it gave no such text.
    """
    try:
        packed = base64.b64decode(cursor, altchars=b"-_", validate=True)
        if len(packed) != _BYTES:
            raise InvalidCursorError
        microseconds = int.from_bytes(packed[:8], "big", signed=True)
        return _EPOCH + microseconds * _MICROSECOND, UUID(bytes=packed[8:])
    except (binascii.Error, ValueError, OverflowError) as error:
        raise InvalidCursorError from error
