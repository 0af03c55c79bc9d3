"""Whose usage an event is: from what the reporter calls it to a subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from dotmac_billing.usage.ingestion.refusals import (
    CUSTOMER_AMBIGUOUS,
    CUSTOMER_WITHOUT_SUBSCRIPTION,
    NOT_SUBSCRIBED_THEN,
    unknown_customer,
    unknown_subscription,
)
from dotmac_billing.usage.reported import Refusal

Stretch = tuple[datetime | None, datetime | None]
"""From when up to when, not included; None is open."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subscription that may have usage. It serves from `since` up to, not including, `until`."""

    id: UUID
    zone: ZoneInfo
    since: datetime
    until: datetime | None
    items: Mapping[str, Sequence[Stretch]]
    """Meter → when an item of the subscription is priced by it."""

    def serves(self, at: datetime) -> bool:
        """Whether the subscription is served at that instant."""
        return self.since <= at and (self.until is None or at < self.until)

    def meters(self, meter: str, at: datetime) -> bool:
        """Whether an item is priced by that meter at that instant."""
        return any(
            (since is None or since <= at) and (until is None or at < until)
            for since, until in self.items.get(meter, ())
        )


@dataclass(slots=True)
class Directory:
    """Subscriptions and customers by every name a reporter may use, as far as asked for."""

    subscriptions: dict[str, Subject] = field(default_factory=dict)
    customers: dict[str, Sequence[Subject]] = field(default_factory=dict)

    def subscription(self, reference: str, at: datetime) -> Subject | Refusal:
        """The subscription of that number, external id or id."""
        found = self.subscriptions.get(reference)
        if found is None:
            return unknown_subscription(reference)
        return found if found.serves(at) else NOT_SUBSCRIBED_THEN

    def customer(self, reference: str, meter: str, at: datetime) -> Subject | Refusal:
        """The customer's subscription that the usage belongs to.

        The only one served at that time; of several the only one with an item on the meter.
        """
        known = self.customers.get(reference)
        if known is None:
            return unknown_customer(reference)
        served = [one for one in known if one.serves(at)]
        if len(served) > 1:
            served = [one for one in served if one.meters(meter, at)]
            if len(served) != 1:
                return CUSTOMER_AMBIGUOUS
        return served[0] if served else CUSTOMER_WITHOUT_SUBSCRIPTION
