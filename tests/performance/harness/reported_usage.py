"""Usage as the benches report it: some weeks of events of every subscription, in their order.

One in a hundred is a repeat of an earlier one, one in a hundred comes up to two days late.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from dotmac_billing import Aggregation, NewMeter, UsageEvent, define_meter
from dotmac_core_ops.database import Database
from tests.performance.harness.stage import TODAY
from tests.performance.harness.volume import DUE_ON, add_subscriptions, subscribers

METER = "traffic"
SPAN = timedelta(days=19)  # since their subscriptions began
_SEED = 2026
_SEVERAL = 100
_LATE = timedelta(days=2)


@dataclass(frozen=True)
class Metered:
    """A tenant whose subscriptions have usage."""

    tenant_id: UUID
    subscription_ids: tuple[UUID, ...]


async def metered(database: Database, name: str, count: int) -> Metered:
    """A tenant with so many subscriptions, and a meter that sums up."""
    given = await subscribers(database, name, count)
    await add_subscriptions(database, given, [DUE_ON] * count, batch=1_000)
    async with database.transaction(given.tenant_id) as session:
        await define_meter(session, NewMeter(METER, "Traffic", Aggregation.SUM))
    async with database.read(given.tenant_id) as connection:
        rows = await connection.fetch("SELECT id FROM billing.subscriptions ORDER BY id")
    return Metered(given.tenant_id, tuple(row["id"] for row in rows))


def events(names: Sequence[str], count: int, prefix: str) -> Iterator[UsageEvent]:
    """`count` different events in the order in which they are reported, and repeats between."""
    chance = random.Random(_SEED)  # noqa: S311 (not a secret)
    start, step = TODAY - SPAN, SPAN / count
    for n in range(count):
        at = start + n * step
        if n % _SEVERAL == 1:
            at = max(start, at - chance.random() * _LATE)
        event = UsageEvent(
            event_id=f"{prefix}-{chance.getrandbits(64):016x}-{n}",
            meter=METER,
            at=at,
            subscription=chance.choice(names),
            value=Decimal(chance.randrange(1, 100_000)) / 100,
            properties={"region": "eu", "host": "router-7"},
        )
        yield event
        if n % _SEVERAL == 0:
            yield event


def total(reported: Sequence[UsageEvent]) -> Decimal:
    """What they add up to, each id counted once."""
    values = {event.event_id: event.value for event in reported}
    return sum((value for value in values.values() if isinstance(value, Decimal)), Decimal(0))
