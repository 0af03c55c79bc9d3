"""What people are told about the providers they sign in by."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered

_NOT_YOU = "If that was not you, change your password at once and tell us."


def identity_linked(look: Look, *, name: str, provider: str) -> Rendered:
    """That one signs in by a provider from now on."""
    return rendered(
        look,
        subject=f"{provider} was linked to your account for {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            f"from now on you can sign in by {provider}.",
            _NOT_YOU,
        ),
    )


def identity_unlinked(look: Look, *, name: str, provider: str) -> Rendered:
    """That one does not sign in by a provider any more."""
    return rendered(
        look,
        subject=f"{provider} was unlinked from your account for {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            f"from now on {provider} does not sign you in any more.",
            _NOT_YOU,
        ),
    )
