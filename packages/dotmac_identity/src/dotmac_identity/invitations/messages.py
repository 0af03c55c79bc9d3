"""What somebody is told who shall join, in their language."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered, spoken
from dotmac_identity.invitations.words import WORDS


def staff_invitation(look: Look, *, name: str, inviter: str, link: str) -> Rendered:
    """To a colleague."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("staff_subject", inviter=inviter, tenant=look.tenant_name),
        paragraphs=(
            say("hello", name=name),
            say("staff", inviter=inviter, tenant=look.tenant_name),
        ),
        button=(say("staff_button"), link),
        small_print=say("unexpected"),
    )


def portal_invitation(look: Look, *, name: str, link: str) -> Rendered:
    """To a customer."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("portal_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("portal", tenant=look.tenant_name)),
        button=(say("portal_button"), link),
        small_print=say("unexpected"),
    )
