"""Whether what is used in the running periods has reached a threshold at which it is billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from dotmac_billing.catalog.thresholds import BillingThresholds

_NOTHING = Decimal(0)


class Measure(Enum):
    """What was measured: an amount once in a period, every so much, or a component's quantity."""

    AMOUNT = "amount"
    EVERY = "every"
    QUANTITY = "quantity"


class Used(NamedTuple):
    """Usage of a component in its running period, and what of it was billed.

    Amounts are as on a line: rounded, before discount; with tax where the price has it in it.
    """

    component: str
    amount: Decimal
    billed: Decimal
    quantity: Decimal
    billed_quantity: Decimal


class Reached(NamedTuple):
    """A threshold that is reached; `total` is what all usage of the running periods comes to."""

    measure: Measure
    threshold: Decimal
    component: str | None
    total: Decimal


def reached(thresholds: BillingThresholds, currency: str, used: Sequence[Used]) -> Reached | None:
    """The threshold for which all of `used` is to be billed now; None when there is none.

    It goes by what was billed alone, so that once everything is billed nothing is reached any more.
    Of several amounts that are passed at once the highest counts. While nothing is to be paid that
    was not billed yet, nothing is reached.
    """
    total = sum((one.amount for one in used), _NOTHING)
    billed = sum((one.billed for one in used), _NOTHING)
    if total <= billed:
        return None
    steps = thresholds.amounts.get(currency, ())
    passed = [step for step in steps if billed < step <= total]
    if passed:
        return Reached(Measure.AMOUNT, passed[-1], None, total)
    every = thresholds.every.get(currency)
    is_above = not steps or billed >= steps[-1]
    if every is not None and is_above and total - billed >= every:
        return Reached(Measure.EVERY, every, None, total)
    open_quantity: dict[str, Decimal] = defaultdict(Decimal)
    for one in used:
        open_quantity[one.component] += one.quantity - one.billed_quantity
    for code, threshold in thresholds.quantities.items():
        if open_quantity.get(code, _NOTHING) >= threshold:
            return Reached(Measure.QUANTITY, threshold, code, total)
    return None
