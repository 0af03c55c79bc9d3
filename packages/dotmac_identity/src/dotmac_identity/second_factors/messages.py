"""What people are told about their second factor, in their language."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered, spoken
from dotmac_identity.second_factors.words import WORDS


def factor_enrolled(look: Look, *, name: str) -> Rendered:
    """That an authenticator app is asked for from now on."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("enrolled_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("enrolled"), say("not_you")),
    )


def factor_removed(look: Look, *, name: str) -> Rendered:
    """That no code of the app is asked for any more."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("removed_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("removed"), say("not_you")),
    )


def factors_reset(look: Look, *, name: str) -> Rendered:
    """That the password alone is enough again, because somebody else decided so."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("reset_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("reset"), say("unexpected")),
    )


def recovery_code_used(look: Look, *, name: str, left: int) -> Rendered:
    """That one of the codes on paper was used."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("code_subject", tenant=look.tenant_name),
        paragraphs=(say("hello", name=name), say("code", left=left), say("not_you")),
    )
