"""At which amounts and quantities usage is billed before its period is over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

MOST_STEPS = 20
_HIGHEST = Decimal(10) ** 12


@dataclass(frozen=True)
class BillingThresholds:
    """When what is used in a running period is billed at once.

    `amounts` are by currency and ascending: each is reached once in a period, when what the usage
    of the period comes to (before discount and tax) is that much. `every` is by currency too: above
    the last of `amounts`, or without any, it is reached whenever that much is not billed yet.
    `quantities` are by the code of a component, in units of its meter: reached whenever that much
    of its usage is not billed yet. Reaching one of them bills all usage of the running periods.
    """

    amounts: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    every: Mapping[str, Decimal] = field(default_factory=dict)
    quantities: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        """Whether anything can be reached."""
        return bool(self.amounts or self.every or self.quantities)


NO_THRESHOLDS = BillingThresholds()


def problems(thresholds: BillingThresholds, metered: Collection[str]) -> Iterator[str]:
    """What is wrong with them, one sentence each; `metered` are the codes that have a meter."""
    for steps in thresholds.amounts.values():
        if not 0 < len(steps) <= MOST_STEPS:
            yield f"There are 1 to {MOST_STEPS} amounts in a currency."
        if any(later <= earlier for earlier, later in pairwise(steps)):
            yield "Amounts of billing thresholds ascend."
    values = [one for steps in thresholds.amounts.values() for one in steps]
    for value in (*values, *thresholds.every.values(), *thresholds.quantities.values()):
        if not value.is_finite() or not 0 < value <= _HIGHEST:
            yield f"A billing threshold is above 0 and at most {_HIGHEST:,}."
    for code in thresholds.quantities:
        if code not in metered:
            yield f"There is no metered component {code!r} to have a threshold."


def thresholds_row(thresholds: BillingThresholds) -> dict[str, Any]:
    """As they lie in a row: numbers as text, without what is not said."""
    row: dict[str, Any] = {
        "amounts": {
            key: [f"{one:f}" for one in steps] for key, steps in thresholds.amounts.items()
        },
        "every": {key: f"{one:f}" for key, one in thresholds.every.items()},
        "quantities": {key: f"{one:f}" for key, one in thresholds.quantities.items()},
    }
    return {name: value for name, value in row.items() if value}


def thresholds_of(row: Mapping[str, Any]) -> BillingThresholds:
    """What `thresholds_row` made this of."""
    amounts: Mapping[str, list[str]] = row.get("amounts", {})
    return BillingThresholds(
        {key: tuple(Decimal(one) for one in steps) for key, steps in amounts.items()},
        {key: Decimal(one) for key, one in row.get("every", {}).items()},
        {key: Decimal(one) for key, one in row.get("quantities", {}).items()},
    )
