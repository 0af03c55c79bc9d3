"""What people are told about approvals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dotmac_core_events import Look, Rendered, rendered

TOPIC = "approvals"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do: the action, the thing, the amount; `reason` is what they say."""

    action: str
    target_type: str
    amount: Decimal
    currency: str
    reason: str

    @property
    def deed(self) -> str:
        """In a few words: `write off over 240.00 EUR (invoice)`."""
        amount = f"{self.amount.normalize():f}"
        whole, _, cents = amount.partition(".")
        written = f"{whole}.{cents.ljust(2, '0')}"
        return f"{_words(self.action)} over {written} {self.currency} ({_words(self.target_type)})"


def approval_asked(
    look: Look, asked: Asked, *, name: str, requester: str, until: datetime, link: str
) -> Rendered:
    """To somebody who may decide; `until` in UTC."""
    return rendered(
        look,
        subject=f"{requester} asks for your agreement",
        paragraphs=(
            f"Hello {name},",
            f"{requester} wants to do this, which needs a second person: {asked.deed}.",
            f"The reason given: {asked.reason}",
            f"You can agree or refuse until {until:%Y-%m-%d %H:%M} UTC.",
        ),
        button=("Decide", link),
        small_print="If somebody else decides first, there is nothing left to do for you.",
    )


def approval_decided(
    look: Look, asked: Asked, *, name: str, decider: str, agreed: bool, note: str | None
) -> Rendered:
    """To whoever asked."""
    how = "agreed to" if agreed else "refused"
    said = (f"They say: {note}",) if note else ()
    following = ("Repeat what you wanted to do within a day of asking.",) if agreed else ()
    return rendered(
        look,
        subject=f"{decider} {how} what you asked for",
        paragraphs=(f"Hello {name},", f"{decider} {how} this: {asked.deed}.", *said, *following),
    )


def approval_expired(look: Look, asked: Asked, *, name: str, was_agreed: bool) -> Rendered:
    """To whoever asked."""
    what = (
        "was agreed to, but not done within a day" if was_agreed else "was not decided within a day"
    )
    return rendered(
        look,
        subject="What you asked for is not possible any more",
        paragraphs=(
            f"Hello {name},",
            f"this {what} of your asking: {asked.deed}.",
            "Ask again if it is still needed.",
        ),
    )


def _words(name: str) -> str:
    return name.replace("_", " ")
