"""Any event, read as the facts that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from dotmac_core_events import Event
from dotmac_customers.timeline.entry import NewEntry


class Fact(Event):
    """An event of any name with all its fields, for whoever handles many kinds in one way."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @property
    def fields(self) -> Mapping[str, Any]:
        """What the event says, as JSON has it."""
        return self.model_extra or {}


Sentence = str | Callable[[Mapping[str, Any]], str]
"""What an entry says, with `{field}` for the event's fields, or made of them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a kind of event is told on the timeline of the customer whose id is in `customer`.

    `about` is the kind of the thing it happened with and the field with its id; `amount` names the
    field with money, whose currency stands in `currency`. `day` names the field with the day it
    happened on: a `historical` event, which is announced when it is brought in, stands there.
    """

    kind: str
    sentence: Sentence
    about: tuple[str, str] | None = None
    amount: str | None = None
    customer: str = "customer_id"
    day: str | None = None

    def entry(self, fact: Fact, now: datetime) -> NewEntry | None:
        """The entry that a fact makes; None for one that is about no customer."""
        fields, announced = fact.fields, fact.announcement
        customer = fields.get(self.customer)
        if customer is None:
            return None
        amount = None if self.amount is None else fields.get(self.amount)
        about = None if self.about is None else fields.get(self.about[1])
        return NewEntry(
            customer_id=UUID(str(customer)),
            at=self._at(fields, now if announced is None else announced.occurred_at),
            kind=self.kind,
            title=self._title(fields),
            amount=None if amount is None else Decimal(str(amount)),
            currency=None if amount is None else fields.get("currency"),
            about=None
            if self.about is None or about is None
            else (self.about[0], UUID(str(about))),
            event_id=None if announced is None else announced.id,
        )

    def _at(self, fields: Mapping[str, Any], announced_at: datetime) -> datetime:
        if self.day is None or not fields.get("historical"):
            return announced_at
        return datetime.combine(date.fromisoformat(str(fields[self.day])), time(), UTC)

    def _title(self, fields: Mapping[str, Any]) -> str:
        if callable(self.sentence):
            return self.sentence(fields)
        return self.sentence.format_map(fields)


def entries_of(telling: Telling, facts: Sequence[Fact], now: datetime) -> list[NewEntry]:
    """The entries of many facts of one kind."""
    made = (telling.entry(fact, now) for fact in facts)
    return [entry for entry in made if entry is not None]
