"""What people are told about approvals, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dotmac_core_events import Look, Rendered, Voice, rendered, spoken
from dotmac_identity.approval_notices.words import WORDS

TOPIC = "approvals"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do: the action, the thing, the amount; `reason` is what they say."""

    action: str
    target_type: str
    amount: Decimal
    currency: str
    reason: str

    def deed(self, say: Voice) -> str:
        """In a few words: `write off over 240.00 EUR (invoice)`."""
        whole, _, cents = f"{self.amount.normalize():f}".partition(".")
        return say(
            "deed",
            action=self.action.replace("_", " "),
            amount=f"{whole}.{cents.ljust(2, '0')}",
            currency=self.currency,
            target=self.target_type.replace("_", " "),
        )


def approval_asked(
    look: Look, asked: Asked, *, name: str, requester: str, until: datetime, link: str
) -> Rendered:
    """To somebody who may decide; `until` in UTC."""
    look, say = spoken(WORDS, look)
    return rendered(
        look,
        subject=say("asked_subject", requester=requester),
        paragraphs=(
            say("hello", name=name),
            say("asked", requester=requester, deed=asked.deed(say)),
            say("reason", reason=asked.reason),
            say("until", until=f"{until:%Y-%m-%d %H:%M}"),
        ),
        button=(say("decide"), link),
        small_print=say("asked_small_print"),
    )


def approval_decided(
    look: Look, asked: Asked, *, name: str, decider: str | None, agreed: bool, note: str | None
) -> Rendered:
    """To whoever asked; `decider` is None where nobody knows their name any more."""
    look, say = spoken(WORDS, look)
    decider = decider or say("somebody")
    how = "agreed" if agreed else "refused"
    said = (say("note", note=note),) if note else ()
    following = (say("repeat"),) if agreed else ()
    return rendered(
        look,
        subject=say(f"{how}_subject", decider=decider),
        paragraphs=(
            say("hello", name=name),
            say(how, decider=decider, deed=asked.deed(say)),
            *said,
            *following,
        ),
    )


def approval_expired(look: Look, asked: Asked, *, name: str, was_agreed: bool) -> Rendered:
    """To whoever asked."""
    look, say = spoken(WORDS, look)
    what = "expired_unused" if was_agreed else "expired_undecided"
    return rendered(
        look,
        subject=say("expired_subject"),
        paragraphs=(say("hello", name=name), say(what, deed=asked.deed(say)), say("ask_again")),
    )
