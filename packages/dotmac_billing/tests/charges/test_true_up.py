from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.charges.price import true_up
from dotmac_core_ops.money import round_money


@pytest.mark.parametrize(
    ("amount", "minimum", "part", "whole", "missing"),
    [
        ("40", "100", 30, 30, "60"),
        ("100", "100", 30, 30, "0"),
        ("140", "100", 30, 30, "0"),
        ("40", "100", 15, 30, "10"),
        ("0", "100", 0, 31, "0"),
        ("0", "100", 26, 29, str(Decimal(100 * 26) / 29)),  # 4 to 29 February, leap year
    ],
)
def test_what_is_missing_to_the_minimum_of_the_days_served(
    amount: str, minimum: str, part: int, whole: int, missing: str
) -> None:
    found = true_up(Decimal(amount), Decimal(minimum), part, whole)

    assert round_money(found, "EUR") == round_money(Decimal(missing), "EUR")


@pytest.mark.parametrize(("part", "whole"), [(31, 30), (-1, 30), (0, 0)])
def test_days_that_are_no_part_of_a_period_are_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        true_up(Decimal(0), Decimal(1), part, whole)


@given(
    amount=st.decimals(0, 10**9, places=4),
    minimum=st.decimals(0, 10**9, places=4),
    days=st.tuples(st.integers(0, 366), st.integers(1, 366)).map(sorted),
)
def test_the_amount_with_its_true_up_is_the_share_of_the_minimum_or_the_amount(
    amount: Decimal, minimum: Decimal, days: list[int]
) -> None:
    part, whole = days

    missing = true_up(amount, minimum, part, whole)

    share = Fraction(minimum) * part / whole
    exact = max(Fraction(0), share - Fraction(amount))
    assert abs(Fraction(missing) - exact) < Fraction(1, 10**80)
