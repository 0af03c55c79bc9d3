"""Taking events in: each is accepted, known already, or refused for a reason of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from prometheus_client import Counter as Metric
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.alerts.service import fire_alerts
from dotmac_billing.usage.hours import midnight
from dotmac_billing.usage.ingestion import refusals
from dotmac_billing.usage.ingestion.adapters.memory import (
    TenantMemory,
    memory_of,
    once_committed,
    tenant_memory,
)
from dotmac_billing.usage.ingestion.directory import Directory, Stretch, Subject
from dotmac_billing.usage.ingestion.repository import IngestionRepository
from dotmac_billing.usage.ingestion.staging import Intake, OldEvent, utc_months
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.reported import IngestResult, Outcome, Refusal, UsageEvent
from dotmac_billing.usage.terms import LatePolicy
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.metrics import REGISTRY

_DAY = timedelta(days=1)

usage_events = Metric(
    "usage_events_total", "Usage events reported, by outcome", ["outcome"], registry=REGISTRY
)
late_usage_events = Metric(
    "usage_events_late_total",
    "Usage events of days that had been billed, by what the meter does with them",
    ["policy"],
    registry=REGISTRY,
)


async def ingest(session: AsyncSession, events: Sequence[UsageEvent | Refusal]) -> IngestResult:
    """Take usage events in; what became of each, in their order.

    All that is good goes in together, with the caller's transaction, and into the hourly sums. A
    repeat of an event id changes nothing for as long as the meter's back-dating window. A refusal
    among `events` keeps its place. Give it a thousand or more at a time; it may be called from many
    transactions at once.
    """
    memory = tenant_memory(session)
    meters, directory = await _remembered(session, memory, events)
    now = clock_of(session).now()
    intake = Intake(meters, directory, memory.series, now)
    intake.take(events)
    if intake.old:
        await _refuse_late(session, intake, now)
    repeated = await _write(session, memory, intake, now) if intake.lines else set()
    outcomes = [Outcome.ACCEPTED] * len(events)
    for n in chain(intake.repeated, repeated):
        outcomes[n] = Outcome.DUPLICATE
    for n in intake.refused:
        outcomes[n] = Outcome.REFUSED
    late = await _mark_late(session, intake, repeated, now) if intake.old else 0
    result = IngestResult(outcomes, intake.refused, late)
    _count(result)
    return result


async def _remembered(
    session: AsyncSession, memory: TenantMemory, events: Iterable[UsageEvent | Refusal]
) -> tuple[dict[str, MeterTerms], Directory]:
    """Every meter, subscription and customer that the events name.

    Taken hold of once, because another call may let the memory begin anew meanwhile.
    """
    memory.refresh()
    meters, known = memory.meters, memory.directory
    subscriptions: set[str] = set()
    customers: set[str] = set()
    has_unknown_meter = False
    for event in events:
        if isinstance(event, Refusal):
            continue
        if event.meter not in meters:
            has_unknown_meter = True
        if event.subscription is not None:
            if event.subscription not in known.subscriptions:
                subscriptions.add(event.subscription)
        elif event.customer is not None and event.customer not in known.customers:
            customers.add(event.customer)
    if has_unknown_meter:
        meters = memory.meters = await MeterRepository(session).all_terms()
    if subscriptions:
        await _look_up_subscriptions(session, known, sorted(subscriptions))
    if customers:
        await _look_up_customers(session, known, sorted(customers))
    return meters, known


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
    assert intake.first_at is not None
    assert intake.last_at is not None
    months = memory_of(session).months
    missing = [one for one in utc_months(intake.first_at, intake.last_at) if one not in months]
    if missing:
        await repository.make_partitions(missing)
        once_committed(session, lambda: months.update(missing))
    if intake.new_series:
        await repository.add_series(sorted(intake.new_series.values()))
        new = {key: str(series.id) for key, series in intake.new_series.items()}
        once_committed(session, lambda: memory.series.update(new))
    repeated, has_alerts = await repository.take(
        intake.lines.values(), now, more=intake.keeps_more, members=intake.has_members
    )
    if intake.held_hours:
        # In a statement of its own, which sees what others wrote to these hours: their rows are
        # locked by now.
        await repository.recount(intake.held_hours)
    if has_alerts:
        await fire_alerts(session, intake.touched, now)
    return set(repeated)


async def _refuse_late(session: AsyncSession, intake: Intake, now: datetime) -> None:
    """Withdraw events of billed days where the meter wants that, and drop those not to be marked.

    Afterwards `intake.old` holds only what is late, or may be.
    """
    repository = IngestionRepository(session)
    rows = await repository.billing({one.subscription_id for one in intake.old})
    billed = {row["id"]: (row["usage_billed_until"], row["next_bill_on"]) for row in rows}
    soon = now.astimezone(UTC).date() + _DAY
    late: list[OldEvent] = []
    refused: list[OldEvent] = []
    for one in intake.old:
        until, next_bill_on = billed[one.subscription_id]
        is_certain = until is not None and one.day < until
        if is_certain and one.meter.late_policy is LatePolicy.REFUSE:
            refused.append(one)
        elif is_certain or (next_bill_on is not None and one.day < next_bill_on <= soon):
            late.append(one._replace(is_certain=is_certain))
    taken = await repository.taken([one.event_id for one in refused]) if refused else set()
    for one in refused:
        if one.event_id not in taken:
            intake.withdraw(one.n, refusals.LATE)
            late_usage_events.labels(LatePolicy.REFUSE.value).inc()
    intake.old = late


async def _mark_late(
    session: AsyncSession, intake: Intake, repeated: set[int], now: datetime
) -> int:
    """Note what is late for the bill run; how many of it are late for certain."""
    counts: Counter[tuple[UUID, UUID, date, bool]] = Counter()
    for one in intake.old:
        if one.n not in repeated:
            counts[one.subscription_id, one.meter.id, one.day, one.is_certain] += 1
            if one.is_certain:
                late_usage_events.labels(one.meter.late_policy.value).inc()
    marks = [(*key[:3], count, key[3]) for key, count in counts.items()]
    await IngestionRepository(session).mark_late(marks, now)
    return sum(count for key, count in counts.items() if key[3])


def _count(result: IngestResult) -> None:
    for outcome, count in Counter(result.outcomes).items():
        usage_events.labels(outcome.value).inc(count)
