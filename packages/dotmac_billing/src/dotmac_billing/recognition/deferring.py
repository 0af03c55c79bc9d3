"""Which lines of an invoice are earned over time, and the schedules that they get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from dotmac_billing.settings.recognition import Recognition

# Usage, what is charged once and fees are earned when they are billed.
_OVER_TIME = frozenset({"charge", "credit", "minimum", "manual"})


class BilledLine(NamedTuple):
    """A line as it is issued; `net` is after discount and before tax, the period half-open.

    `discount` is what was taken off, before tax. `reverses_id` is the line that it takes back.
    """

    id: UUID
    invoice_id: UUID
    customer_id: UUID
    currency: str
    issued_on: date
    kind: str
    starts_on: date | None
    ends_on: date | None
    net: Decimal
    discount: Decimal
    reverses_id: UUID | None


class Deferred(NamedTuple):
    """What of an invoice is no revenue yet, and the discount that was taken off it."""

    net: Decimal
    discount: Decimal


def runs_on(line: BilledLine) -> bool:
    """Whether some of what the line is for comes after the day of issue."""
    return (
        line.kind in _OVER_TIME
        and line.starts_on is not None
        and line.ends_on is not None
        and line.ends_on > max(line.issued_on, line.starts_on)
        and bool(line.net)
    )


def defer(
    lines: Iterable[BilledLine], basis: Recognition, scheduled: Mapping[UUID, Recognition]
) -> tuple[list[tuple[Any, ...]], dict[UUID, Deferred]]:
    """Rows of `recognition_schedules` for the lines that are earned over time, and by invoice what
    they defer.

    A line that takes back another follows the basis of that one's schedule, of those `scheduled`;
    where that one had none, because it was revenue at once, so is what takes it back.
    """
    rows: list[tuple[Any, ...]] = []
    found: dict[UUID, Deferred] = {}
    for line in lines:
        own = basis if line.reverses_id is None else scheduled.get(line.reverses_id)
        if own is None or not runs_on(line):
            continue
        rows.append(
            (
                *(line.id, line.id, line.invoice_id, line.customer_id, line.currency, own.value),
                *(line.issued_on, line.starts_on, line.ends_on, line.net, line.net),
                line.starts_on,
            )
        )
        sums = found.get(line.invoice_id, Deferred(Decimal(0), Decimal(0)))
        found[line.invoice_id] = Deferred(sums.net + line.net, sums.discount + line.discount)
    return rows, found
