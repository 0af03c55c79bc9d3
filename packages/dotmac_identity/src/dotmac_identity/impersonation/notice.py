"""What the owners of a tenant are told when the operator acts as one of their users."""

from __future__ import annotations

from datetime import datetime

from dotmac_core_events import Look, Rendered, rendered


def notice_of(look: Look, *, operator: str, user: str, reason: str, until: datetime) -> Rendered:
    """The notice, in English; `until` in UTC."""
    return rendered(
        look,
        subject=f"{operator} of the operator acts as {user}",
        paragraphs=(
            (
                f"{operator}, who runs this installation, acts as {user} from now on, until "
                f"{until:%d %B %Y %H:%M} UTC at the latest."
            ),
            f"The reason given: {reason}",
            (
                "Everything done meanwhile is marked in the audit log. You see and end it under "
                "Settings, Access by the operator (GET /api/v1/impersonations)."
            ),
        ),
    )
