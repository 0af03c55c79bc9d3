"""Usage that came or changed after its period was billed: rate the period again.

The line is what the period comes to now minus what was billed of it, so that it can be done again
and again: the second time there is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.charging import charges
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.assembly.line import Charge
from dotmac_billing.charges.measured import Measured
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.moments import Days, Due, charging, rhythms

_NOTHING = Decimal(0)


class Billed(NamedTuple):
    """What of a period was billed before discount: the amount, and the quantity it was for."""

    amount: Decimal
    quantity: Decimal


class LateDay(NamedTuple):
    """A day of which usage on a meter changed when it had been billed."""

    meter: str
    day: date


def late_dues(
    subscription: DueSubscription, items: Sequence[BilledItem], late: Iterable[LateDay]
) -> list[Due[BilledItem]]:
    """The metered items with the billed periods that those days lie in, each once."""
    found = rhythms(Days(subscription.anchor_on, subscription.start_on, subscription.end_on), items)
    dues: dict[tuple[UUID, date], Due[BilledItem]] = {}
    for meter, day in late:
        for due in charging(found, day):
            if due.item.priced.component.meter == meter:
                dues[due.item.item_id, due.part.start] = due
    return list(dues.values())


def adjustments(
    subscription: DueSubscription,
    dues: Iterable[Due[BilledItem]],
    measured: Mapping[tuple[UUID, UUID, date], Measured],
    billed: Mapping[tuple[UUID, date], Billed],
) -> list[Charge]:
    """A line for each period that comes to something else now than what was billed of it.

    A period of which nothing was billed is left out: it is not late, but due.
    """
    found = []
    for due in dues:
        key = (due.item.item_id, due.part.start)
        before = billed.get(key)
        if before is None:
            continue
        usage = measured.get((subscription.id, *key), Measured(_NOTHING))
        lines = charges(due, usage, subscription.id, subscription.currency)
        difference = sum((line.amount for line in lines), _NOTHING) - before.amount
        if difference:
            quantity = usage.quantity - before.quantity
            found.append(
                lines[0]._replace(
                    kind=LineKind.ADJUSTMENT,
                    description=f"{due.item.description}: usage of an earlier period",
                    quantity=quantity,
                    unit_price=difference / quantity if quantity else _NOTHING,
                    amount=difference,
                    own_off=_NOTHING,
                )
            )
    return found
