"""A usage event as somebody reports it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

Property = str | int | float | Decimal | bool
"""What a property of an event may be."""

NO_PROPERTIES: Mapping[str, Property] = {}


class UsageEvent(NamedTuple):
    """Something that was used at an instant.

    `event_id` is the reporter's own and makes a repeat harmless. `customer` is a code or id of the
    payer, `subscription` a number, external id or id; one of the two is enough. `value` None takes
    it from the property that the meter names.
    """

    event_id: str
    meter: str
    at: datetime
    customer: str | None = None
    subscription: str | None = None
    value: Decimal | int | float | str | None = None
    properties: Mapping[str, Property] = NO_PROPERTIES


class Outcome(Enum):
    """What became of an event. A duplicate had been taken before; it changes nothing."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Refusal(NamedTuple):
    """Why an event was not taken: a stable code and a sentence."""

    code: str
    message: str


class IngestResult(NamedTuple):
    """What became of each event, in their order; `refusals` by position.

    An event that its meter's filters leave out is accepted, and nothing is kept of it.
    """

    outcomes: Sequence[Outcome]
    refusals: Mapping[int, Refusal]
    late: int = 0
    """How many of the accepted are of days that had been billed."""

    @property
    def accepted(self) -> int:
        """How many are new."""
        return self.outcomes.count(Outcome.ACCEPTED)

    @property
    def duplicates(self) -> int:
        """How many had been taken before."""
        return self.outcomes.count(Outcome.DUPLICATE)

    @property
    def refused(self) -> int:
        """How many were not taken."""
        return len(self.refusals)
