"""From reported events to rows for PostgreSQL's COPY, event by event and for speed (pure).

Everything that can be decided without asking the database is decided here: which meter and
subscription, whether the time and the value will do. What remains is whether the event is new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from dotmac_billing.usage.hours import bounds, hour_of, midnight, minutes_past, steady_minutes
from dotmac_billing.usage.ingestion import refusals
from dotmac_billing.usage.ingestion.directory import Directory, Subject
from dotmac_billing.usage.ingestion.worth import (
    LONGEST_TEXT,
    member_text,
    price_text,
    value_text,
)
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.reported import Refusal, UsageEvent
from dotmac_billing.usage.terms import Aggregation

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Clocks of reporters may be fast by that much."""
MOST_PROPERTY_BYTES = 4_000

_NULL = "\\N"
_NO_DIMENSIONS = "{}"
_KEEPS_MORE = {Aggregation.MAX, Aggregation.LATEST, Aggregation.WEIGHTED_SUM}
_SORTED = orjson.OPT_SORT_KEYS


class Series(NamedTuple):
    """A row of `usage_series`."""

    id: UUID
    subscription_id: UUID
    meter_id: UUID
    dimensions: str


class OldEvent(NamedTuple):
    """A staged event of a day before today, which may have been billed."""

    n: int
    event_id: str
    subscription_id: UUID
    meter: MeterTerms
    day: date
    is_certain: bool = False
    """Whether the day has been billed; else it is just about to be."""


class Hour(NamedTuple):
    """An hour of a series from `since` up to, not including, `until`."""

    series_id: UUID
    hour: datetime
    since: datetime
    until: datetime


def series_id(subscription_id: UUID, meter_id: UUID, dimensions: str) -> UUID:
    """The id of a series, which follows from what it is: whoever meets it first makes the same.

    A UUIDv8 of RFC 9562: 122 bits of a BLAKE2b digest.
    """
    digest = blake2b(
        subscription_id.bytes + meter_id.bytes + dimensions.encode(), digest_size=16
    ).digest()
    number = int.from_bytes(digest, "big") & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=number | (8 << 76) | (2 << 62))


class Intake:
    """Checks a batch of events and holds what is to be written of it."""

    def __init__(
        self,
        meters: Mapping[str, MeterTerms],
        directory: Directory,
        known_series: Mapping[tuple[UUID, UUID, str], str],
        now: datetime,
    ) -> None:
        self.refused: dict[int, Refusal] = {}
        self.repeated: list[int] = []
        self.lines: dict[int, str] = {}
        self.old: list[OldEvent] = []
        self.new_series: dict[tuple[UUID, UUID, str], Series] = {}
        self.held_hours: set[Hour] = set()
        self.touched: set[tuple[UUID, UUID]] = set()
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None
        self.keeps_more = self.has_members = False
        self._directory = directory
        self._known = known_series
        self._new_ids: dict[tuple[UUID, UUID, str], str] = {}
        self._seen: dict[str, UsageEvent] = {}
        self._now = now
        self._latest = now + CLOCK_TOLERANCE
        self._today: dict[ZoneInfo, datetime] = {}
        # Archived meters are kept for reading only.
        self._meters = {
            code: (meter, now - timedelta(days=meter.back_dating_days))
            for code, meter in meters.items()
            if not meter.is_archived
        }

    def take(self, events: Sequence[UsageEvent | Refusal]) -> None:
        """Stage every event that is good; refuse the others."""
        refused, seen = self.refused, self._seen
        for n, event in enumerate(events):
            if isinstance(event, Refusal):
                refused[n] = event
                continue
            first = seen.get(event.event_id)
            if first is not None:
                if first == event:
                    self.repeated.append(n)
                else:
                    refused[n] = refusals.EVENT_ID_REUSED
                continue
            refusal = self._stage(n, event)
            if refusal is None:
                seen[event.event_id] = event
            else:
                refused[n] = refusal

    def withdraw(self, n: int, refusal: Refusal) -> None:
        """Do not write a staged event after all."""
        del self.lines[n]
        self.refused[n] = refusal

    def _stage(self, n: int, event: UsageEvent) -> Refusal | None:
        event_id = event.event_id
        if not (0 < len(event_id) <= LONGEST_TEXT and event_id.isprintable()):
            return refusals.EVENT_ID_INVALID
        found = self._meters.get(event.meter)
        if found is None:
            return refusals.unknown_meter(event.meter)
        meter, oldest = found
        untimely = self._untimely(event.at, meter, oldest)
        if untimely is not None:
            return untimely
        subject = self._subject(event)
        if isinstance(subject, Refusal):
            return subject
        if meter.filters and not _passes(event, meter):
            return None  # it is accepted, and counts for nothing
        return self._write(n, event, meter, subject)

    def _untimely(self, at: datetime, meter: MeterTerms, oldest: datetime) -> Refusal | None:
        if at.tzinfo is None:
            return refusals.TIME_INVALID
        if at > self._latest:
            return refusals.in_future(self._now)
        return refusals.too_old(meter.back_dating_days) if at < oldest else None

    def _subject(self, event: UsageEvent) -> Subject | Refusal:
        if event.subscription is not None:
            return self._directory.subscription(event.subscription, event.at)
        if event.customer is not None:
            return self._directory.customer(event.customer, event.meter, event.at)
        return refusals.NO_SUBJECT

    def _write(
        self, n: int, event: UsageEvent, meter: MeterTerms, subject: Subject
    ) -> Refusal | None:
        worth = _worth(event, meter)
        if isinstance(worth, Refusal):
            return worth
        properties = _properties(event)
        if isinstance(properties, Refusal):
            return properties
        dimensions = _dimensions(event, meter) if meter.dimensions else _NO_DIMENSIONS
        if dimensions is None:
            return refusals.DIMENSION_INVALID
        at, zone = event.at, subject.zone
        series = self._series(subject.id, meter.id, dimensions)
        shift = steady_minutes(zone, at.year)
        if shift is None:
            shift = minutes_past(at, zone)
        text = event.event_id
        if "\\" in text:
            text = text.replace("\\", "\\\\")
        self.lines[n] = f"{n}\t{series}\t{text}\t{at.isoformat()}\t{shift}\t{worth}\t{properties}\n"
        self._note(n, event, meter, subject, series)
        return None

    def _note(
        self, n: int, event: UsageEvent, meter: MeterTerms, subject: Subject, series: str
    ) -> None:
        """Remember what has to be done beside the row."""
        at = event.at
        if self.first_at is None or at < self.first_at:
            self.first_at = at
        if self.last_at is None or at > self.last_at:
            self.last_at = at
        if meter.aggregation in _KEEPS_MORE:
            self.keeps_more = True
            if meter.aggregation is Aggregation.WEIGHTED_SUM:
                hour = hour_of(at, subject.zone)
                self.held_hours.add(Hour(UUID(series), hour, *bounds(hour, subject.zone)))
        elif meter.aggregation is Aggregation.UNIQUE_COUNT:
            self.has_members = True
        today = self._today.get(subject.zone)
        if today is None:
            day = self._now.astimezone(subject.zone).date()
            today = self._today[subject.zone] = midnight(day, subject.zone)
        if at < today:
            day = at.astimezone(subject.zone).date()
            self.old.append(OldEvent(n, event.event_id, subject.id, meter, day))
        self.touched.add((subject.id, meter.id))

    def _series(self, subscription_id: UUID, meter_id: UUID, dimensions: str) -> str:
        key = (subscription_id, meter_id, dimensions)
        known = self._known.get(key) or self._new_ids.get(key)
        if known is None:
            made = series_id(*key)
            self.new_series[key] = Series(made, *key)
            known = self._new_ids[key] = str(made)
        return known


def _worth(event: UsageEvent, meter: MeterTerms) -> str | Refusal:
    """Value, member and price as columns of COPY."""
    value: str | Refusal = _NULL
    member: str | Refusal = _NULL
    price: str | Refusal = _NULL
    if meter.aggregation is not Aggregation.COUNT or meter.value_property is not None:
        given: object = event.value
        if given is None and meter.value_property is not None:
            given = event.properties.get(meter.value_property)
        if meter.aggregation is Aggregation.UNIQUE_COUNT:
            member = member_text(given)
            if isinstance(member, Refusal):
                return member
            member = member.replace("\\", "\\\\")
        else:
            value = value_text(given)
            if isinstance(value, Refusal):
                return value
    if meter.price_property is not None:
        price = price_text(event.properties.get(meter.price_property))
        if isinstance(price, Refusal):
            return price
    return f"{value}\t{member}\t{price}"


def _properties(event: UsageEvent) -> str | Refusal:
    if not event.properties:
        return _NULL
    try:
        written = orjson.dumps(event.properties, default=str)
    except TypeError:
        return refusals.PROPERTIES_INVALID
    if len(written) > MOST_PROPERTY_BYTES or b"\\u0000" in written:
        return refusals.PROPERTIES_INVALID
    text = written.decode()
    return text.replace("\\", "\\\\") if "\\" in text else text


def _dimensions(event: UsageEvent, meter: MeterTerms) -> str | None:
    found: dict[str, str] = {}
    for name in meter.dimensions:
        value = event.properties.get(name)
        if value is None:
            continue
        text = member_text(value)
        if isinstance(text, Refusal):
            return None
        found[name] = text
    return orjson.dumps(found, option=_SORTED).decode()


def _passes(event: UsageEvent, meter: MeterTerms) -> bool:
    for name, accepted in meter.filters:
        value = event.properties.get(name)
        if value is None or member_text(value) not in accepted:
            return False
    return True


def utc_months(first: datetime, last: datetime) -> list[date]:
    """The first days of the months from that of `first` to that of `last`, in UTC."""
    day, end = first.astimezone(UTC).date().replace(day=1), last.astimezone(UTC).date()
    months = []
    while day <= end:
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return months
