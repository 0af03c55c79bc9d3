"""What becomes of a change of plan: rules as data, the most specific of them decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dotmac_billing.catalog.selector import ANY, Selectable, closeness
from dotmac_billing.catalog.terms import ChangeBehaviour, ChangeDirection


@dataclass(frozen=True)
class ChangeRule:
    """What becomes of a change from one plan to another.

    `from_what` and `to_what` are `*`, `product:CODE` or `plan:CODE`; `direction` None means any.
    """

    behaviour: ChangeBehaviour
    from_what: str = ANY
    to_what: str = ANY
    direction: ChangeDirection | None = None


_DEFAULTS = {
    ChangeDirection.UP: ChangeRule(ChangeBehaviour.NOW_WITH_CREDIT, direction=ChangeDirection.UP),
    ChangeDirection.SIDEWAYS: ChangeRule(
        ChangeBehaviour.NOW_WITH_CREDIT, direction=ChangeDirection.SIDEWAYS
    ),
    ChangeDirection.DOWN: ChangeRule(ChangeBehaviour.AT_RENEWAL, direction=ChangeDirection.DOWN),
}


def direction(old_monthly: Decimal, new_monthly: Decimal) -> ChangeDirection:
    """Up when a month costs more than before, down when it costs less."""
    if new_monthly == old_monthly:
        return ChangeDirection.SIDEWAYS
    return ChangeDirection.UP if new_monthly > old_monthly else ChangeDirection.DOWN


def rule_for(
    rules: Iterable[ChangeRule],
    from_plan: Selectable,
    to_plan: Selectable,
    direction: ChangeDirection,
) -> ChangeRule:
    """The rule that decides about this change.

    Of those that fit, the one that names the old plan most closely (plan before product before
    any); of those, the one that names the new plan most closely; of those, one for this direction
    before one for any. Of two that are alike the first in `rules` decides. Without any: a change
    upwards or sideways takes effect at once with credit, one downwards at renewal.
    """
    best, best_rank = _DEFAULTS[direction], (-1, -1, -1)
    for rule in rules:
        from_rank = closeness(rule.from_what, from_plan)
        to_rank = closeness(rule.to_what, to_plan)
        if from_rank is None or to_rank is None or rule.direction not in {None, direction}:
            continue
        rank = (from_rank, to_rank, 0 if rule.direction is None else 1)
        if rank > best_rank:
            best, best_rank = rule, rank
    return best
