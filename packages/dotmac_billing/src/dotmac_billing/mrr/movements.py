"""Changes of monthly recurring revenue: of which kind each is, and how the log is mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID

ZERO = Decimal(0)


class MovementKind(Enum):
    """A change of one customer's monthly recurring revenue."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"


class Movement(NamedTuple):
    """A signed change by one subscription on a day."""

    subscription_id: UUID
    occurred_on: date
    kind: MovementKind
    amount: Decimal


def classify(before: Decimal, after: Decimal, *, ever_had: bool) -> MovementKind:
    """The kind of a customer's change from `before` to `after`, which differ.

    `ever_had` tells a new customer from one who comes back.
    """
    if before == 0:
        return MovementKind.REACTIVATION if ever_had else MovementKind.NEW
    if after == 0:
        return MovementKind.CHURN
    return MovementKind.EXPANSION if after > before else MovementKind.CONTRACTION


def restate(
    logged: Iterable[Movement], timelines: Mapping[UUID, Mapping[date, Decimal]]
) -> list[Movement]:
    """What to append to one customer's log so that it tells `timelines`, in order of days.

    `timelines` are the whole changes of the subscriptions that changed; what the log says of others
    stands. The log is append-only: where a change makes an earlier line wrong (the end of a term
    that was cut short, a new customer who turns out to be an old one), the answer holds that line
    with the opposite sign. Each day is judged as a whole: a plan swapped for a dearer one is an
    expansion.
    """
    logged = list(logged)
    if not logged and len(timelines) == 1:  # nearly all of an import: nothing to weigh up
        return _first(*next(iter(timelines.items())))
    booked: defaultdict[tuple[date, UUID, MovementKind], Decimal] = defaultdict(Decimal)
    changes: defaultdict[date, dict[UUID, Decimal]] = defaultdict(dict)
    for line in logged:
        booked[line.occurred_on, line.subscription_id, line.kind] += line.amount
        if line.subscription_id not in timelines:
            day = changes[line.occurred_on]
            day[line.subscription_id] = day.get(line.subscription_id, ZERO) + line.amount
    for subscription_id, timeline in timelines.items():
        for occurred_on, amount in timeline.items():
            changes[occurred_on][subscription_id] = amount
    for key, amount in _judged(changes):
        booked[key] -= amount
    return [
        Movement(subscription_id, occurred_on, kind, -surplus)
        for (occurred_on, subscription_id, kind), surplus in sorted(
            booked.items(), key=lambda one: (one[0][0], one[0][1])
        )
        if surplus
    ]


def _first(subscription_id: UUID, timeline: Mapping[date, Decimal]) -> list[Movement]:
    before, ever_had, movements = ZERO, False, []
    for occurred_on in sorted(timeline):
        amount = timeline[occurred_on]
        kind = classify(before, before + amount, ever_had=ever_had)
        movements.append(Movement(subscription_id, occurred_on, kind, amount))
        before, ever_had = before + amount, True
    return movements


def _judged(
    changes: Mapping[date, Mapping[UUID, Decimal]],
) -> Iterable[tuple[tuple[date, UUID, MovementKind], Decimal]]:
    before, ever_had = ZERO, False
    for occurred_on in sorted(changes):
        parts = {one: amount for one, amount in changes[occurred_on].items() if amount}
        after = before + sum(parts.values(), ZERO)
        for subscription_id, amount in parts.items():
            if after == before:  # one thing for another of the same price
                kind = MovementKind.EXPANSION if amount > 0 else MovementKind.CONTRACTION
            else:
                kind = classify(before, after, ever_had=ever_had)
            yield (occurred_on, subscription_id, kind), amount
        ever_had = ever_had or after > 0
        before = after
