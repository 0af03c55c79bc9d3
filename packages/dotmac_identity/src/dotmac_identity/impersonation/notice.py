"""What the owners of a tenant are told when the operator acts as one of their users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Notice:
    """A subject and a text."""

    subject: str
    text: str


def notice_of(*, operator: str, user: str, reason: str, until: datetime) -> Notice:
    """The notice, in English; `until` in UTC."""
    # Header lines end a header: a name must not begin a further one.
    who = " ".join(operator.split())
    return Notice(
        f"{who} of the operator acts as {' '.join(user.split())}",
        f"{who}, who runs this installation, acts as {user} from now on, until "
        f"{until:%d %B %Y %H:%M} UTC at the latest.\n\n"
        f"The reason given: {reason}\n\n"
        "Everything done meanwhile is marked in the audit log. You see and end it under "
        "Settings, Access by the operator (GET /api/v1/impersonations).\n",
    )
