"""What people are told about their passkeys, in their language."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered, spoken
from dotmac_identity.passkeys.words import WORDS


def passkey_added(look: Look, *, name: str, passkey: str) -> Rendered:
    """That one can sign in with it from now on."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("added_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("added", passkey=passkey), say("not_you")),
    )


def passkey_removed(look: Look, *, name: str, passkey: str) -> Rendered:
    """That nobody signs in with it any more."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("removed_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("removed", passkey=passkey), say("not_you")),
    )


def passkey_copied(look: Look, *, name: str, passkey: str) -> Rendered:
    """That it is refused, and why."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("copied_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("copied", passkey=passkey), say("copied_how")),
    )
