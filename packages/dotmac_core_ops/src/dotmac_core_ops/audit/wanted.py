"""Which entries of the audit log are wanted, and where a page of them ends."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from dotmac_core_ops.audit.errors import InvalidCursorError


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """Conditions that all hold; None leaves one out. `since` is included, `until` is not."""

    actor: str | None = None
    actor_kind: str | None = None
    action: str | None = None
    target_type: str | None = None
    target_id: str | None = None
    request_id: str | None = None
    impersonated_by: str | None = None
    is_impersonated: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's place in the log: the newest entry is first."""

    at: datetime
    id: UUID

    def cursor(self) -> str:
        """The place as a text for clients, to whom it says nothing."""
        text = f"{int(self.at.timestamp())}.{self.at.microsecond:06d}.{self.id.hex}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """The place that `cursor` stands for.

    Raises:
        InvalidCursorError: it was not made by `Place.cursor`.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        seconds, microseconds, hexadecimal = text.split(".")
        at = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(microseconds))
        return Place(at, UUID(hex=hexadecimal))
    except (ValueError, binascii.Error, OverflowError, OSError) as error:
        raise InvalidCursorError(cursor) from error
