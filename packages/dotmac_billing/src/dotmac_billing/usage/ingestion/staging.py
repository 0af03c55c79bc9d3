"""From reported events to rows for PostgreSQL, event by event and for speed (pure).

Everything that can be decided without asking the database is decided here: which meter and
subscription, whether the time and the value will do. What remains is whether the event is new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from dotmac_billing.usage.hours import (
    EPOCH,
    bounds,
    hour_of,
    instant_at,
    microseconds,
    midnight,
    minutes_past,
    steady_around,
)
from dotmac_billing.usage.ingestion import refusals
from dotmac_billing.usage.ingestion.directory import Directory
from dotmac_billing.usage.ingestion.worth import (
    LONGEST_TEXT,
    member_text,
    price_text,
    value_text,
)
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.reported import Property, Refusal, UsageEvent
from dotmac_billing.usage.terms import Aggregation

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Clocks of reporters may be fast by that much."""
MOST_PROPERTY_BYTES = 4_000

_FOREVER = 2**62
_NO_DIMENSIONS = "{}"
_KEEPS_MORE = {Aggregation.MAX, Aggregation.LATEST, Aggregation.WEIGHTED_SUM}
_SORTED = orjson.OPT_SORT_KEYS


class Series(NamedTuple):
    """A row of `usage_series`."""

    id: UUID
    subscription_id: UUID
    meter_id: UUID
    dimensions: str


OldEvent = tuple[int, str, int, UUID, ZoneInfo, MeterTerms]
"""A staged event of a day before today, which may have been billed: its position, id,
microseconds, subscription, the subscription's zone, its meter."""


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


class Lane(NamedTuple):
    """What is the same of every event of a subscription on a meter, so that it is found once.

    It serves from `since` up to, not including, `until`, in microseconds. `series` is None where it
    depends on dimensions, `shift` where the minutes past the hour change with the seasons.
    """

    since: int
    until: int
    series: str | None
    shift: int | None
    zone: ZoneInfo
    subscription_id: UUID


Lanes = dict[str, dict[str, Lane]]
"""By meter and name of the subscription."""

Row = tuple[str, str, int, int, str | None, str | None, str | None, str | None]
"""Series, event id, microseconds since 2000, minutes past, value, member, price, properties."""


class _Plan(NamedTuple):
    """A meter in use, and the first instant that it takes events of."""

    meter: MeterTerms
    oldest: int
    lanes: dict[str, Lane]
    is_plain: bool
    """Whether an event is worth its own value, and counts whatever its properties are."""


class Intake:
    """Checks a batch of events and holds what is to be written of it."""

    def __init__(
        self,
        meters: Mapping[str, MeterTerms],
        directory: Directory,
        known_series: Mapping[tuple[UUID, UUID, str], str],
        lanes: Lanes,
        now: datetime,
    ) -> None:
        self.refused: dict[int, Refusal] = {}
        self.repeated: list[int] = []
        self.rows: dict[int, Row] = {}
        self.old: list[OldEvent] = []
        self.new_series: dict[tuple[UUID, UUID, str], Series] = {}
        self.held_hours: set[Hour] = set()
        self.has_members = False
        self._directory = directory
        self._known = known_series
        self._lanes = lanes
        self._new_lanes: Lanes = {}
        self._new_ids: dict[tuple[UUID, UUID, str], str] = {}
        self._seen: dict[str, UsageEvent] = {}
        self._now = now
        self._latest = microseconds(now + CLOCK_TOLERANCE)
        self._today: dict[ZoneInfo, int] = {}
        self._plans = {
            code: self._plan(meter) for code, meter in meters.items() if not meter.is_archived
        }
        self.keeps_more = any(meter.aggregation in _KEEPS_MORE for meter in meters.values())

    def _plan(self, meter: MeterTerms) -> _Plan:
        has_value = meter.aggregation not in (Aggregation.COUNT, Aggregation.UNIQUE_COUNT)
        more = (meter.value_property, meter.price_property, meter.filters, meter.dimensions)
        return _Plan(
            meter,
            microseconds(self._now - timedelta(days=meter.back_dating_days)),
            self._lanes.setdefault(meter.code, {}),
            has_value and not any(more) and meter.aggregation is not Aggregation.WEIGHTED_SUM,
        )

    def take(self, events: Sequence[UsageEvent | Refusal], first: int, end: int) -> None:
        """Of the events from `first` up to, not including, `end` stage the good; refuse others."""
        refused, seen, stage = self.refused, self._seen, self._stage
        for n, event in enumerate(events[first:end], first):
            if event.__class__ is not UsageEvent:
                assert isinstance(event, Refusal)
                refused[n] = event
                continue
            earlier = seen.get(event[0])
            if earlier is not None:
                if earlier == event:
                    self.repeated.append(n)
                else:
                    refused[n] = refusals.EVENT_ID_REUSED
                continue
            refusal = stage(n, event)
            if refusal is None:
                seen[event[0]] = event
            else:
                refused[n] = refusal

    def withdraw(self, n: int, refusal: Refusal) -> None:
        """Do not write a staged event after all."""
        del self.rows[n]
        self.refused[n] = refusal

    def _stage(  # noqa: C901, PLR0911 (all that is asked of an event, in a row; calls cost more)
        self, n: int, event: UsageEvent
    ) -> Refusal | None:
        event_id, code, at, _, subscription, value, properties = event
        if not (0 < len(event_id) <= LONGEST_TEXT and event_id.isprintable()):
            return refusals.EVENT_ID_INVALID
        plan = self._plans.get(code)
        if plan is None:
            return refusals.unknown_meter(code)
        meter, oldest, lanes, is_plain = plan
        try:
            since = at - EPOCH
        except TypeError:  # an instant without an offset
            return refusals.TIME_INVALID
        us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        if us > self._latest:
            return refusals.in_future(self._now)
        if us < oldest:
            return refusals.too_old(meter.back_dating_days)
        lane = lanes.get(subscription) if subscription is not None else None
        if lane is None or not lane[0] <= us < lane[1]:
            found = self._lane(event, meter)
            if isinstance(found, Refusal):
                return found
            lane = found
        if not is_plain:
            return self._write(n, event, us, meter, lane)
        worth = value_text(value)
        if isinstance(worth, Refusal):
            return worth
        written = _properties(properties) if properties else None
        if isinstance(written, Refusal):
            return written
        _, _, series, shift, zone, subscription_id = lane
        if series is None or shift is None:
            return self._write(n, event, us, meter, lane)
        # One tuple an event and nothing else: it is the most frequent path of all.
        self.rows[n] = (series, event_id, us, shift, worth, None, None, written)
        today = self._today.get(zone)
        if us < (today if today is not None else self._begin_of_today(zone)):
            self.old.append((n, event_id, us, subscription_id, zone, meter))
        return None

    def _begin_of_today(self, zone: ZoneInfo) -> int:
        day = self._now.astimezone(zone).date()
        today = self._today[zone] = microseconds(midnight(day, zone))
        return today

    def _lane(self, event: UsageEvent, meter: MeterTerms) -> Lane | Refusal:
        """The lane of an event; kept for the next one where the subscription is named."""
        new = self._new_lanes.setdefault(meter.code, {})
        if event.subscription is not None:
            lane = new.get(event.subscription)
            if lane is not None and lane.since <= microseconds(event.at) < lane.until:
                return lane
            subject = self._directory.subscription(event.subscription, event.at)
        elif event.customer is not None:
            subject = self._directory.customer(event.customer, event.meter, event.at)
        else:
            return refusals.NO_SUBJECT
        if isinstance(subject, Refusal):
            return subject
        key = (subject.id, meter.id, _NO_DIMENSIONS)
        lane = Lane(
            microseconds(subject.since),
            _FOREVER if subject.until is None else microseconds(subject.until),
            None if meter.dimensions else self._series(*key),
            steady_around(subject.zone, self._now.year),
            subject.zone,
            subject.id,
        )
        if event.subscription is not None:
            # What this call adds is known to the others only when it has committed.
            is_known = bool(meter.dimensions) or key in self._known
            (self._plans[meter.code].lanes if is_known else new)[event.subscription] = lane
        return lane

    def _write(
        self, n: int, event: UsageEvent, us: int, meter: MeterTerms, lane: Lane
    ) -> Refusal | None:
        if meter.filters and not _passes(event, meter):
            return None  # it is accepted, and counts for nothing
        worth = _worth(event, meter)
        if isinstance(worth, Refusal):
            return worth
        properties = _properties(event.properties) if event.properties else None
        if isinstance(properties, Refusal):
            return properties
        dimensions = _dimensions(event, meter) if meter.dimensions else _NO_DIMENSIONS
        if dimensions is None:
            return refusals.DIMENSION_INVALID
        zone, subscription_id = lane.zone, lane.subscription_id
        series = lane.series or self._series(subscription_id, meter.id, dimensions)
        shift = lane.shift if lane.shift is not None else minutes_past(event.at, zone)
        self.rows[n] = (series, event.event_id, us, shift, *worth, properties)
        today = self._today.get(zone)
        if us < (today if today is not None else self._begin_of_today(zone)):
            self.old.append((n, event.event_id, us, subscription_id, zone, meter))
        self._note(event.at, meter, zone, series)
        return None

    def _note(self, at: datetime, meter: MeterTerms, zone: ZoneInfo, series: str) -> None:
        """Remember what has to be done beside the row."""
        if meter.aggregation is Aggregation.WEIGHTED_SUM:
            hour = hour_of(at, zone)
            self.held_hours.add(Hour(UUID(series), hour, *bounds(hour, zone)))
        elif meter.aggregation is Aggregation.UNIQUE_COUNT:
            self.has_members = True

    def _series(self, subscription_id: UUID, meter_id: UUID, dimensions: str) -> str:
        key = (subscription_id, meter_id, dimensions)
        known = self._known.get(key) or self._new_ids.get(key)
        if known is None:
            made = series_id(*key)
            self.new_series[key] = Series(made, *key)
            known = self._new_ids[key] = str(made)
        return known


def _worth(
    event: UsageEvent, meter: MeterTerms
) -> tuple[str | None, str | None, str | None] | Refusal:
    """Value, member and price, as texts of the exact same numbers."""
    worth: list[str | Refusal | None] = [None, None, None]
    if meter.aggregation is not Aggregation.COUNT or meter.value_property is not None:
        given: object = event.value
        if given is None and meter.value_property is not None:
            given = event.properties.get(meter.value_property)
        if meter.aggregation is Aggregation.UNIQUE_COUNT:
            worth[1] = member_text(given)
        else:
            worth[0] = value_text(given)
    if meter.price_property is not None:
        worth[2] = price_text(event.properties.get(meter.price_property))
    value, member, price = worth
    for one in (value, member, price):
        if isinstance(one, Refusal):
            return one
    return value, member, price  # type: ignore[return-value] # none of them is a refusal


def _properties(properties: Mapping[str, Property]) -> str | Refusal:
    try:
        written = orjson.dumps(properties, default=str)
    except TypeError:
        return refusals.PROPERTIES_INVALID
    if len(written) > MOST_PROPERTY_BYTES or b"\\u0000" in written:
        return refusals.PROPERTIES_INVALID
    return written.decode()


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


def utc_months(first: int, last: int) -> list[date]:
    """First days of the months, in UTC, from that of `first` to that of `last` (microseconds)."""
    day, end = instant_at(first).date().replace(day=1), instant_at(last).date()
    months = []
    while day <= end:
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return months
