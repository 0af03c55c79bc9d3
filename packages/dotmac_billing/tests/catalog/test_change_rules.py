from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.change_rules import ChangeRule, direction, rule_for
from dotmac_billing.catalog.selector import closeness, is_selector
from dotmac_billing.catalog.terms import ChangeBehaviour, ChangeDirection

UP, DOWN, SIDEWAYS = ChangeDirection.UP, ChangeDirection.DOWN, ChangeDirection.SIDEWAYS
CREDIT, PLAIN = ChangeBehaviour.NOW_WITH_CREDIT, ChangeBehaviour.NOW_WITHOUT_CREDIT
RENEWAL, RESTART = ChangeBehaviour.AT_RENEWAL, ChangeBehaviour.RESTART_CYCLE


@dataclass(frozen=True)
class Terms:
    code: str
    product_code: str | None = None


BASIC, PRO, TV = Terms("BASIC", "internet"), Terms("PRO", "internet"), Terms("TV")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("10", "10.00", SIDEWAYS), ("10", "10.01", UP), ("10", "9.99", DOWN), ("0", "0", SIDEWAYS)],
)
def test_a_direction_is_that_of_a_months_price(
    old: str, new: str, expected: ChangeDirection
) -> None:
    assert direction(Decimal(old), Decimal(new)) is expected


@pytest.mark.parametrize(("way", "expected"), [(UP, CREDIT), (SIDEWAYS, CREDIT), (DOWN, RENEWAL)])
def test_without_rules_up_is_at_once_and_down_at_renewal(
    way: ChangeDirection, expected: ChangeBehaviour
) -> None:
    assert rule_for([], BASIC, PRO, way).behaviour is expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # Any rule is closer than none.
        ([ChangeRule(RESTART)], RESTART),
        # One for the direction before one for any.
        ([ChangeRule(RESTART), ChangeRule(PLAIN, direction=UP)], PLAIN),
        ([ChangeRule(RESTART), ChangeRule(PLAIN, direction=DOWN)], RESTART),
        # The old plan counts before the new one, the new one before the direction.
        ([ChangeRule(PLAIN, "product:internet"), ChangeRule(RESTART, "plan:BASIC")], RESTART),
        ([ChangeRule(PLAIN, "*", "plan:PRO"), ChangeRule(RESTART, "product:internet")], RESTART),
        ([ChangeRule(PLAIN, direction=UP), ChangeRule(RESTART, "*", "product:internet")], RESTART),
        (
            [ChangeRule(PLAIN, to_what="product:internet"), ChangeRule(RENEWAL, "*", "plan:PRO")],
            RENEWAL,
        ),
        # What is about another change does not count.
        ([ChangeRule(RESTART, "plan:PRO"), ChangeRule(RESTART, "*", "plan:TV")], CREDIT),
        # Of two that are alike the first.
        ([ChangeRule(PLAIN), ChangeRule(RESTART)], PLAIN),
    ],
)
def test_the_closest_rule_decides(rules: list[ChangeRule], expected: ChangeBehaviour) -> None:
    assert rule_for(rules, BASIC, PRO, UP).behaviour is expected


SELECTORS = st.sampled_from(
    ["*", "product:internet", "product:tv", "plan:BASIC", "plan:PRO", "plan:TV"]
)
RULES = st.lists(
    st.builds(
        ChangeRule,
        behaviour=st.sampled_from(ChangeBehaviour),
        from_what=SELECTORS,
        to_what=SELECTORS,
        direction=st.none() | st.sampled_from(ChangeDirection),
    ),
    unique_by=lambda rule: (rule.from_what, rule.to_what, rule.direction),
)
PLANS = st.sampled_from([BASIC, PRO, TV])


@given(RULES, PLANS, PLANS, st.sampled_from(ChangeDirection), st.randoms())
def test_the_order_of_different_rules_does_not_matter(
    rules: list[ChangeRule], old: Terms, new: Terms, way: ChangeDirection, random: object
) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own Random

    chosen = rule_for(shuffled, old, new, way)

    assert chosen == rule_for(rules, old, new, way)
    assert chosen in rules or not any(
        closeness(rule.from_what, old) is not None
        and closeness(rule.to_what, new) is not None
        and rule.direction in {None, way}
        for rule in rules
    )


@pytest.mark.parametrize("text", ["*", "plan:A", "product:internet"])
def test_a_selector(text: str) -> None:
    assert is_selector(text)


@pytest.mark.parametrize("text", ["", "A", "plan:", "product:", "customer:A", "**"])
def test_no_selector(text: str) -> None:
    assert not is_selector(text)
