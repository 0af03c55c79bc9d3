"""What people are told about their passkeys."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered

_NOT_YOU = "If that was not you, change your password at once and tell us."


def passkey_added(look: Look, *, name: str, passkey: str) -> Rendered:
    """That one can sign in with it from now on."""
    return rendered(
        look,
        subject=f"A passkey for {look.tenant_name} was added",
        paragraphs=(
            f"Hello {name},",
            f"the passkey “{passkey}” was added. From now on it is asked for when you sign in.",
            _NOT_YOU,
        ),
    )


def passkey_removed(look: Look, *, name: str, passkey: str) -> Rendered:
    """That nobody signs in with it any more."""
    return rendered(
        look,
        subject=f"A passkey for {look.tenant_name} was removed",
        paragraphs=(f"Hello {name},", f"you removed the passkey “{passkey}”.", _NOT_YOU),
    )


def passkey_copied(look: Look, *, name: str, passkey: str) -> Rendered:
    """That it is refused, and why."""
    return rendered(
        look,
        subject=f"A passkey for {look.tenant_name} seems to have been copied",
        paragraphs=(
            f"Hello {name},",
            (
                f"the passkey “{passkey}” was used by a device that is not the one you used "
                "before. It is refused from now on. Sign in with something else, remove it, and "
                "add another."
            ),
            "If you do not know how that could have happened, tell us.",
        ),
    )
