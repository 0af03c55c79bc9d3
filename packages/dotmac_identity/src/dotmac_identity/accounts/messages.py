"""What people are told about their account."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered

SECURITY = "security"
"""The topic of these messages, which nobody can unsubscribe from."""

_NOT_YOU = "If that was not you, change your password at once and tell us."


def password_reset(look: Look, *, name: str, link: str) -> Rendered:
    """The link with which a forgotten password is replaced."""
    return rendered(
        look,
        subject=f"Your password for {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            (
                "somebody, hopefully you, asked for a new password. The link is good for one hour "
                "and for one use."
            ),
        ),
        button=("Choose a new password", link),
        small_print="If you did not ask for it, ignore this message; nothing has changed.",
    )


def password_changed(look: Look, *, name: str) -> Rendered:
    """That the password is another one now."""
    return rendered(
        look,
        subject=f"Your password for {look.tenant_name} was changed",
        paragraphs=(f"Hello {name},", "your password was changed.", _NOT_YOU),
    )


def email_verification(look: Look, *, name: str, link: str) -> Rendered:
    """The link that proves that the new address is one's own."""
    return rendered(
        look,
        subject=f"Confirm your address for {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            "from now on you want to sign in with this address. The link is good for one day.",
        ),
        button=("Confirm this address", link),
        small_print="If you did not ask for it, ignore this message.",
    )


def email_change_asked(look: Look, *, name: str) -> Rendered:
    """To the present address: that another one was asked for."""
    return rendered(
        look,
        subject=f"Another address for {look.tenant_name} was asked for",
        paragraphs=(
            f"Hello {name},",
            (
                "somebody, hopefully you, wants to sign in to your account with another address. "
                "It holds once that address is confirmed."
            ),
            _NOT_YOU,
        ),
    )


def email_changed(look: Look, *, name: str, link: str) -> Rendered:
    """To the former address: that it is so no more, and how to undo it."""
    return rendered(
        look,
        subject=f"Your address for {look.tenant_name} was changed",
        paragraphs=(
            f"Hello {name},",
            "one now signs in to your account with another address.",
            (
                "If that was not you, undo it within seven days: you get your address back, "
                "everybody is signed out, and you choose a new password."
            ),
        ),
        button=("Undo this change", link),
    )


def new_device(look: Look, *, name: str, device: str, address: str, at: str) -> Rendered:
    """That somebody signed in from a device or a place that was not seen before."""
    return rendered(
        look,
        subject=f"New sign-in to {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            f"somebody signed in to your account with {device} from {address}, {at}.",
            "If that was you, there is nothing to do. " + _NOT_YOU,
        ),
    )
