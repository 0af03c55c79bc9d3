from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dotmac_analytics.revenue.recurring import KINDS, MovementSum, months_of_revenue

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_opening_and_movements_make_the_closing() -> None:
    movements = [
        MovementSum(JAN, "new", Decimal(100), 2),
        MovementSum(FEB, "expansion", Decimal(20), 1),
        MovementSum(FEB, "churn", Decimal(-50), 1),
        MovementSum(MAR, "reactivation", Decimal(50), 1),
    ]

    january, february, march = months_of_revenue(
        movements, first=JAN, last=MAR, opening=Decimal(10), opening_customers=1
    )

    assert (january.opening, january.closing, january.closing_customers) == (
        Decimal(10),
        Decimal(110),
        3,
    )
    assert (february.opening, february.closing, february.closing_customers) == (
        Decimal(110),
        Decimal(80),
        2,
    )
    assert (march.closing, march.closing_customers) == (Decimal(130), 3)
    assert february.revenue_churn_rate == Decimal(50) / 110
    assert february.customer_churn_rate == Decimal(1) / 3
    assert march.average_revenue == Decimal(130) / 3


def test_a_month_without_customers_has_no_rates() -> None:
    (january,) = months_of_revenue([], first=JAN, last=JAN, opening=Decimal(0), opening_customers=0)

    assert january.revenue_churn_rate is None
    assert january.customer_churn_rate is None
    assert january.average_revenue is None


amounts = st.decimals(-1000, 1000, places=2)


@given(st.lists(st.tuples(st.sampled_from([JAN, FEB, MAR]), st.sampled_from(KINDS), amounts)))
def test_the_last_closing_is_the_first_opening_and_all_movements(
    drawn: list[tuple[date, str, Decimal]],
) -> None:
    merged: dict[tuple[date, str], Decimal] = {}
    for month, kind, amount in drawn:
        merged[month, kind] = merged.get((month, kind), Decimal(0)) + amount
    movements = [MovementSum(month, kind, total, 0) for (month, kind), total in merged.items()]

    months = months_of_revenue(
        movements, first=JAN, last=MAR, opening=Decimal(5), opening_customers=0
    )

    assert months[-1].closing == 5 + sum(merged.values(), Decimal(0))
    assert all(before.closing == after.opening for before, after in pairwise(months))
