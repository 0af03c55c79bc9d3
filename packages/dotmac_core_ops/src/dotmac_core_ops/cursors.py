"""Cursors: where a page of a list ended that is ordered by instant and id. Pure."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dotmac_core_ops.errors import InvalidError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BYTES = 24


class InvalidCursorError(InvalidError):
    """The cursor is not one that a page of this list gave; begin without one."""

    code = "INVALID_CURSOR"

    def __init__(self, cursor: str) -> None:
        super().__init__("The cursor is not one of this list: begin without one.", cursor=cursor)


Place = tuple[datetime, UUID]
"""The instant and the id of a row."""


def cursor_of(at: datetime, row_id: UUID) -> str:
    """The text that clients hand back to go on after a row: its instant, exact, and its id."""
    microseconds = (at - _EPOCH) // _MICROSECOND
    packed = microseconds.to_bytes(8, "big", signed=True) + row_id.bytes
    return base64.urlsafe_b64encode(packed).decode()


def place_of(cursor: str) -> Place:
    """The instant and id that `cursor_of` was given.

    Raises:
        InvalidCursorError: it gave no such text.
    """
    try:
        packed = base64.b64decode(cursor, altchars=b"-_", validate=True)
        if len(packed) != _BYTES:
            raise InvalidCursorError(cursor)
        microseconds = int.from_bytes(packed[:8], "big", signed=True)
        return _EPOCH + microseconds * _MICROSECOND, UUID(bytes=packed[8:])
    except (binascii.Error, ValueError, OverflowError) as error:
        raise InvalidCursorError(cursor) from error
