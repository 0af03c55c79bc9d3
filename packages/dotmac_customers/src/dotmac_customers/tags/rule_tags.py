"""Which tags a rule asks about."""

from __future__ import annotations

from dotmac_customers.filters.expression import Condition, Expression, Negated
from dotmac_customers.filters.fields import ValueType


def tags_asked(rule: Expression) -> frozenset[str]:
    """The tags that `rule` names anywhere."""
    if isinstance(rule, Condition):
        if rule.type is not ValueType.TAG:
            return frozenset()
        values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
        return frozenset(str(value) for value in values)
    if isinstance(rule, Negated):
        return tags_asked(rule.part)
    return frozenset().union(*(tags_asked(part) for part in rule.parts))
