"""What people are told about their second factor."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered

_NOT_YOU = "If that was not you, change your password at once and tell us."


def factor_enrolled(look: Look, *, name: str) -> Rendered:
    """That an authenticator app is asked for from now on."""
    return rendered(
        look,
        subject=f"An authenticator app for {look.tenant_name} was set up",
        paragraphs=(
            f"Hello {name},",
            "from now on you are asked for a code of your authenticator app when you sign in.",
            _NOT_YOU,
        ),
    )


def factor_removed(look: Look, *, name: str) -> Rendered:
    """That no code of the app is asked for any more."""
    return rendered(
        look,
        subject=f"Your authenticator app for {look.tenant_name} was removed",
        paragraphs=(f"Hello {name},", "you removed your authenticator app.", _NOT_YOU),
    )


def factors_reset(look: Look, *, name: str) -> Rendered:
    """That the password alone is enough again, because somebody else decided so."""
    return rendered(
        look,
        subject=f"Your second factors for {look.tenant_name} were removed",
        paragraphs=(
            f"Hello {name},",
            (
                "an administrator removed your authenticator app, your passkeys and your recovery "
                "codes. You are signed out everywhere; your password is enough to sign in again."
            ),
            "If you did not ask for it, tell us.",
        ),
    )


def recovery_code_used(look: Look, *, name: str, left: int) -> Rendered:
    """That one of the codes on paper was used."""
    return rendered(
        look,
        subject=f"A recovery code for {look.tenant_name} was used",
        paragraphs=(
            f"Hello {name},",
            f"one of your recovery codes was used; {left} are left.",
            _NOT_YOU,
        ),
    )
