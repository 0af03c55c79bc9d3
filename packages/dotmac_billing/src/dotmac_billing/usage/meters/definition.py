"""What is said about a meter when it is defined, and what ingestion must know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from dotmac_billing.usage.meters.errors import InvalidMeterError
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting

BACK_DATING_DAYS = 35
"""How far back events are taken unless the meter says otherwise; Stripe's figure."""
MOST_BACK_DATING_DAYS = 366
MOST_DIMENSIONS = 10
MOST_ACCEPTED_VALUES = 100


@dataclass(frozen=True)
class NewMeter:
    """A meter. Only events whose properties fit all `filters` count (property → accepted values).

    `value_property` is where the value is when an event has none of its own, `price_property` where
    its price is, for prices that come with the event. Usage is kept apart by `dimensions`, so that
    components can filter by them.
    """

    code: str
    name: str
    aggregation: Aggregation
    weighting: Weighting | None = None
    value_property: str | None = None
    price_property: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dimensions: tuple[str, ...] = ()
    late_policy: LatePolicy = LatePolicy.NEXT_INVOICE
    back_dating_days: int = BACK_DATING_DAYS


@dataclass(frozen=True, slots=True)
class MeterTerms:
    """A meter as those need it who take events in or add them up."""

    id: UUID
    code: str
    aggregation: Aggregation
    weighting: Weighting | None
    value_property: str | None
    price_property: str | None
    filters: tuple[tuple[str, frozenset[str]], ...]
    dimensions: tuple[str, ...]
    late_policy: LatePolicy
    back_dating_days: int
    is_archived: bool


def require_sound(new: NewMeter) -> None:
    """Refuse a meter that could not count.

    Raises:
        InvalidMeterError: weighting without a weighted sum, a price without a sum of them, too many
            or repeated dimensions, a filter that nothing passes, a window outside 1 to 366 days.
    """
    if (new.weighting is not None) != (new.aggregation is Aggregation.WEIGHTED_SUM):
        raise InvalidMeterError("weighting", "goes with a weighted sum, and only with it.")
    if len(set(new.dimensions)) != len(new.dimensions):
        raise InvalidMeterError("dimensions", "names a property twice.")
    if len(new.dimensions) > MOST_DIMENSIONS:
        raise InvalidMeterError("dimensions", f"has more than {MOST_DIMENSIONS} properties.")
    for name, accepted in new.filters.items():
        if not 0 < len(accepted) <= MOST_ACCEPTED_VALUES:
            raise InvalidMeterError(
                f"filters.{name}", f"accepts 1 to {MOST_ACCEPTED_VALUES} values."
            )
    require_window(new.back_dating_days)


def require_window(days: int) -> int:
    """The length of a back-dating window, if it can be one.

    Raises:
        InvalidMeterError: outside 1 to 366 days.
    """
    if not 0 < days <= MOST_BACK_DATING_DAYS:
        raise InvalidMeterError("back_dating_days", f"is from 1 to {MOST_BACK_DATING_DAYS}.")
    return days
