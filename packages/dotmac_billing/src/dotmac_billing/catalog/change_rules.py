"""What becomes of a change of plan: rules as data, the most specific of them decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dotmac_billing.catalog.terms import ChangeBehaviour, ChangeDirection

ANY = "*"
_PLAN, _PRODUCT = "plan:", "product:"


class Changeable(Protocol):
    """What a rule looks at of a plan."""

    @property
    def code(self) -> str:
        """The plan's code."""
        ...

    @property
    def product_code(self) -> str | None:
        """The code of its product, if it belongs to one."""
        ...


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


def is_selector(text: str) -> bool:
    """Whether `text` names plans: `*`, `product:CODE` or `plan:CODE`."""
    return text == ANY or any(
        text.startswith(start) and len(text) > len(start) for start in (_PLAN, _PRODUCT)
    )


def direction(old_monthly: Decimal, new_monthly: Decimal) -> ChangeDirection:
    """Up when a month costs more than before, down when it costs less."""
    if new_monthly == old_monthly:
        return ChangeDirection.SIDEWAYS
    return ChangeDirection.UP if new_monthly > old_monthly else ChangeDirection.DOWN


def rule_for(
    rules: Iterable[ChangeRule],
    from_plan: Changeable,
    to_plan: Changeable,
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
        from_rank = _closeness(rule.from_what, from_plan)
        to_rank = _closeness(rule.to_what, to_plan)
        if from_rank < 0 or to_rank < 0 or rule.direction not in {None, direction}:
            continue
        rank = (from_rank, to_rank, 0 if rule.direction is None else 1)
        if rank > best_rank:
            best, best_rank = rule, rank
    return best


def _closeness(selector: str, plan: Changeable) -> int:
    if selector == ANY:
        return 0
    if plan.product_code is not None and selector == _PRODUCT + plan.product_code:
        return 1
    return 2 if selector == _PLAN + plan.code else -1
