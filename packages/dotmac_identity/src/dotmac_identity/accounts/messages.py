"""What people are told about their account, in their language."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered, spoken
from dotmac_identity.accounts.words import WORDS

SECURITY = "security"
"""The topic of these messages, which nobody can unsubscribe from."""


def password_reset(look: Look, *, name: str, link: str) -> Rendered:
    """The link with which a forgotten password is replaced."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("reset_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("reset")),
        button=(say("reset_button"), link),
        small_print=say("reset_unexpected"),
    )


def password_changed(look: Look, *, name: str) -> Rendered:
    """That the password is another one now."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("changed_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("changed"), say("not_you")),
    )


def email_verification(look: Look, *, name: str, link: str) -> Rendered:
    """The link that proves that the new address is one's own."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("verify_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("verify")),
        button=(say("verify_button"), link),
        small_print=say("unexpected"),
    )


def email_change_asked(look: Look, *, name: str) -> Rendered:
    """To the present address: that another one was asked for."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("asked_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("asked"), say("not_you")),
    )


def email_changed(look: Look, *, name: str, link: str) -> Rendered:
    """To the former address: that it is so no more, and how to undo it."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("moved_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("moved"), say("moved_undo")),
        button=(say("moved_button"), link),
    )


def new_device(look: Look, *, name: str, device: str, address: str, at: str) -> Rendered:
    """That somebody signed in from a device or a place that was not seen before.

    `address` is empty where it is not known.
    """
    look, say = spoken(WORDS, look)
    where = address or say("unknown_place")
    return rendered(
        look,
        subject=say("device_subject", tenant=look.tenant_name),
        paragraphs=(
            say("hello", name=name),
            say("device", device=device, address=where, at=at),
            f"{say('device_yours')} {say('not_you')}",
        ),
    )
