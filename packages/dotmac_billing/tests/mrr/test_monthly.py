from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.mrr.monthly import RecurringItem, monthly, timeline

JAN_1, FEB_1, MAR_1, APR_1 = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("amount", "cycle", "currency", "expected"),
    [
        ("49.90", BillingCycle.MONTHLY, "EUR", "49.90"),
        ("9.90", BillingCycle.WEEKLY, "EUR", "42.90"),  # 9.90 * 52 / 12
        ("100.00", BillingCycle.QUARTERLY, "EUR", "33.33"),
        ("100.00", BillingCycle.SEMI_ANNUALLY, "EUR", "16.67"),
        ("529.20", BillingCycle.ANNUALLY, "USD", "44.10"),
        ("1000", BillingCycle.ANNUALLY, "JPY", "83"),
        ("99.00", BillingCycle.ONE_TIME, "EUR", "0.00"),
    ],
)
def test_an_amount_a_period_as_an_amount_a_month(
    amount: str, cycle: BillingCycle, currency: str, expected: str
) -> None:
    assert monthly(Decimal(amount), cycle, currency) == Decimal(expected)


def changes(*items: RecurringItem, end_on: date | None = None) -> dict[date, Decimal]:
    return timeline(
        items, cycle=BillingCycle.MONTHLY, currency="EUR", start_on=JAN_1, end_on=end_on
    )


def test_revenue_begins_with_the_first_day() -> None:
    assert changes(RecurringItem(Decimal(20)), RecurringItem(Decimal(5))) == {JAN_1: Decimal(25)}


def test_revenue_ends_on_the_first_day_not_served() -> None:
    assert changes(RecurringItem(Decimal(20)), end_on=MAR_1) == {
        JAN_1: Decimal(20),
        MAR_1: Decimal(-20),
    }


def test_an_item_counts_on_its_own_days_only() -> None:
    base, extra = RecurringItem(Decimal(20)), RecurringItem(Decimal(5), FEB_1, MAR_1)
    assert changes(base, extra, end_on=APR_1) == {
        JAN_1: Decimal(20),
        FEB_1: Decimal(5),
        MAR_1: Decimal(-5),
        APR_1: Decimal(-20),
    }


def test_a_subscription_of_no_days_is_worth_nothing() -> None:
    assert changes(RecurringItem(Decimal(20)), end_on=JAN_1) == {}


def test_rounding_happens_once_for_all_items() -> None:
    third = RecurringItem(Decimal("0.05"))
    worth = timeline(
        [third, third, third],
        cycle=BillingCycle.QUARTERLY,
        currency="EUR",
        start_on=JAN_1,
        end_on=None,
    )
    assert worth == {JAN_1: Decimal("0.05")}  # not 3 * 0.02


amounts = st.decimals(0, 1000, places=2)
days = st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1))


@given(
    st.lists(st.builds(RecurringItem, amounts, days, days), max_size=6),
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
)
def test_what_begins_and_ends_sums_to_nothing(items: list[RecurringItem], end_on: date) -> None:
    worth = timeline(
        items,
        cycle=BillingCycle.MONTHLY,
        currency="EUR",
        start_on=date(2025, 6, 1),
        end_on=end_on,
    )
    assert sum(worth.values()) == 0
    assert Decimal(0) not in worth.values()
