"""What the owners of a tenant are told when the operator acts as one of their users."""

from __future__ import annotations

from datetime import datetime

from dotmac_core_events import Look, Rendered, rendered, spoken
from dotmac_identity.impersonation.words import WORDS


def notice_of(look: Look, *, operator: str, user: str, reason: str, until: datetime) -> Rendered:
    """The notice; `until` in UTC."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("subject", operator=operator, user=user),
        paragraphs=(
            say("acts", operator=operator, user=user, until=f"{until:%Y-%m-%d %H:%M}"),
            say("reason", reason=reason),
            say("where"),
        ),
    )
