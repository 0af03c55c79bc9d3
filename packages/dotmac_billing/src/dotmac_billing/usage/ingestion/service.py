"""Taking events in: each is accepted, known already, or refused for a reason of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from prometheus_client import Counter as Metric
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.alerts.service import fire_alerts
from dotmac_billing.usage.hours import instant_at, midnight
from dotmac_billing.usage.ingestion import refusals
from dotmac_billing.usage.ingestion.adapters.memory import (
    TenantMemory,
    memory_of,
    once_committed,
    tenant_memory,
)
from dotmac_billing.usage.ingestion.directory import Directory, Stretch, Subject
from dotmac_billing.usage.ingestion.repository import IngestionRepository
from dotmac_billing.usage.ingestion.staging import Intake, Lanes, utc_months
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.reported import IngestResult, Outcome, Refusal, UsageEvent
from dotmac_billing.usage.terms import LatePolicy
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.metrics import REGISTRY

_DAY = timedelta(days=1)
_AT_ONCE = 200  # a millisecond's work
_NEITHER = (None, None)

usage_events = Metric(
    "usage_events_total", "Usage events reported, by outcome", ["outcome"], registry=REGISTRY
)
late_usage_events = Metric(
    "usage_events_late_total",
    "Usage events of days that had been billed, by what the meter does with them",
    ["policy"],
    registry=REGISTRY,
)


class Late(NamedTuple):
    """An event of a day that has been billed, or (not `is_certain`) is just about to be."""

    n: int
    subscription_id: UUID
    meter: MeterTerms
    day: date
    is_certain: bool


async def ingest(session: AsyncSession, events: Sequence[UsageEvent | Refusal]) -> IngestResult:
    """Take usage events in; what became of each, in their order.

    All that is good goes in together, with the caller's transaction, and into the hourly sums. A
    repeat of an event id changes nothing for as long as the meter's back-dating window. A refusal
    among `events` keeps its place. Give it a thousand or more at a time; it may be called from many
    transactions at once.
    """
    memory = tenant_memory(session)
    memory.refresh()
    meters, directory, lanes = await _remembered(session, memory, events)
    now = clock_of(session).now()
    intake = Intake(meters, directory, memory.series, lanes, now)
    for first in range(0, len(events), _AT_ONCE):
        intake.take(events, first, first + _AT_ONCE)
        await asyncio.sleep(0)  # others of this process need not wait for the whole call
    late = await _refuse_late(session, intake, now) if intake.old else []
    repeated = await _write(session, memory, intake, now) if intake.rows else set()
    outcomes = [Outcome.ACCEPTED] * len(events)
    for n in chain(intake.repeated, repeated):
        outcomes[n] = Outcome.DUPLICATE
    for n in intake.refused:
        outcomes[n] = Outcome.REFUSED
    count = await _mark_late(session, late, repeated, now) if late else 0
    result = IngestResult(outcomes, intake.refused, count)
    _count(result)
    return result


async def _remembered(
    session: AsyncSession, memory: TenantMemory, events: Iterable[UsageEvent | Refusal]
) -> tuple[dict[str, MeterTerms], Directory, Lanes]:
    """Every meter, subscription and customer that the events name, and what is kept of them.

    Taken hold of once, because another call may let the memory begin anew meanwhile.
    """
    known, lanes = memory.directory, memory.lanes
    named = [event for event in events if event.__class__ is UsageEvent]
    codes = {event[1] for event in named}
    subscriptions: set[str | None] = {event[4] for event in named}
    meters = memory.meters
    if not codes <= meters.keys():
        meters = memory.meters = await MeterRepository(session).all_terms()
    if None in subscriptions:
        customers = {event[3] for event in named if event[4] is None}
        missing = {one for one in customers if one is not None} - known.customers.keys()
        if missing:
            await _look_up_customers(session, known, sorted(missing))
    wanted = {one for one in subscriptions - known.subscriptions.keys() if one is not None}
    if wanted:
        await _look_up_subscriptions(session, known, sorted(wanted))
    return {code: meters[code] for code in codes & meters.keys()}, known, lanes


async def _look_up_subscriptions(
    session: AsyncSession, directory: Directory, references: list[str]
) -> None:
    rows = await IngestionRepository(session).by_reference(references, _ids(references))
    for row in rows:
        directory.subscriptions[row["ref"]] = _subject(row)


async def _look_up_customers(
    session: AsyncSession, directory: Directory, references: list[str]
) -> None:
    found: dict[str, dict[UUID, Subject]] = {}
    for row in await IngestionRepository(session).of_customers(references, _ids(references)):
        of_customer = found.setdefault(row["ref"], {})
        if row["id"] is not None:
            of_customer[row["id"]] = _subject(row)
    for reference, subjects in found.items():
        directory.customers[reference] = list(subjects.values())


def _ids(references: Iterable[str]) -> list[tuple[str, UUID]]:
    """Those references that are ids."""
    found = []
    for reference in references:
        try:
            found.append((reference, UUID(reference)))
        except ValueError:
            continue
    return found


def _subject(row: asyncpg.Record) -> Subject:
    zone = ZoneInfo(row["time_zone"])
    items: dict[str, list[Stretch]] = {}
    for meter, starts_on, ends_on in orjson.loads(row["items"] or b"[]"):
        items.setdefault(meter, []).append((_midnight(starts_on, zone), _midnight(ends_on, zone)))
    return Subject(
        id=row["id"],
        zone=zone,
        since=midnight(row["start_on"], zone),
        until=None if row["end_on"] is None else midnight(row["end_on"], zone),
        items=items,
    )


def _midnight(day: str | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else midnight(date.fromisoformat(day), zone)


async def _write(
    session: AsyncSession, memory: TenantMemory, intake: Intake, now: datetime
) -> set[int]:
    """Write what was staged; the positions of those that had been taken before."""
    repository = IngestionRepository(session)
    rows = intake.rows.values()
    instants = [row[2] for row in rows]
    months = memory_of(session).months
    missing = [one for one in utc_months(min(instants), max(instants)) if one not in months]
    if missing:
        await repository.make_partitions(missing)
        once_committed(session, lambda: months.update(missing))
    if intake.new_series:
        await repository.add_series(sorted(intake.new_series.values()))
        new = {key: str(series.id) for key, series in intake.new_series.items()}
        once_committed(session, lambda: memory.series.update(new))
    repeated, has_alerts = await repository.take(
        rows, now, more=intake.keeps_more, members=intake.has_members
    )
    if intake.held_hours:
        # In a statement of its own, which sees what others wrote to these hours: their rows are
        # locked by now.
        await repository.recount(intake.held_hours)
    if has_alerts:
        await fire_alerts(session, {UUID(row[0]) for row in rows}, now)
    if not repeated:
        return set()
    taken_before = set(repeated)
    return {n for n, row in intake.rows.items() if row[1] in taken_before}


async def _refuse_late(session: AsyncSession, intake: Intake, now: datetime) -> list[Late]:
    """Withdraw events of billed days where the meter wants that; which others are late, or may be.

    Asked in the same transaction, because a bill run may just have been there.
    """
    repository = IngestionRepository(session)
    first = instant_at(min(one[2] for one in intake.old)).date() - _DAY
    soon = now.astimezone(UTC).date() + _DAY
    rows = await repository.billed({one[3] for one in intake.old}, first, soon)
    billed = {row["id"]: (row["usage_billed_until"], row["next_bill_on"]) for row in rows}
    late: list[Late] = []
    refused: list[tuple[int, str]] = []
    for n, event_id, us, subscription_id, zone, meter in intake.old if billed else ():
        until, next_bill_on = billed.get(subscription_id, _NEITHER)
        day = instant_at(us).astimezone(zone).date()
        is_certain = until is not None and day < until
        if is_certain and meter.late_policy is LatePolicy.REFUSE:
            refused.append((n, event_id))
        elif is_certain or (next_bill_on is not None and day < next_bill_on <= soon):
            late.append(Late(n, subscription_id, meter, day, is_certain))
    taken = await repository.taken([event_id for _, event_id in refused]) if refused else set()
    for n, event_id in refused:
        if event_id not in taken:
            intake.withdraw(n, refusals.LATE)
            late_usage_events.labels(LatePolicy.REFUSE.value).inc()
    return late


async def _mark_late(
    session: AsyncSession, late: Iterable[Late], repeated: set[int], now: datetime
) -> int:
    """Note what is late for the bill run; how many of it are late for certain."""
    counts: Counter[tuple[UUID, UUID, date, bool]] = Counter()
    for one in late:
        if one.n not in repeated:
            counts[one.subscription_id, one.meter.id, one.day, one.is_certain] += 1
            if one.is_certain:
                late_usage_events.labels(one.meter.late_policy.value).inc()
    marks = [(*key[:3], count, key[3]) for key, count in counts.items()]
    await IngestionRepository(session).mark_late(marks, now)
    return sum(count for key, count in counts.items() if key[3])


def _count(result: IngestResult) -> None:
    for outcome in Outcome:
        usage_events.labels(outcome.value).inc(result.outcomes.count(outcome))
