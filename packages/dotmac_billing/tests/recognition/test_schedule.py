"""Months written out like a spreadsheet, and what holds for any plan."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.recognition.schedule import (
    Plan,
    earned_by,
    month_end,
    month_ends,
    share,
    steps,
    take_back,
)
from dotmac_billing.settings.recognition import Recognition

DAILY, MONTHLY = Recognition.DAILY, Recognition.MONTHLY
START = date(2026, 1, 1)


def plan(amount: str, start: date, end: date, basis: Recognition = DAILY) -> Plan:
    return Plan(basis, "EUR", Decimal(amount), Decimal(0), Decimal(amount), start, end)


def by_month(of: Plan) -> list[str]:
    eve = of.planned_from - timedelta(days=1)
    return [str(amount) for _, amount in steps(of, Decimal(0), eve)]


@pytest.mark.parametrize(
    ("basis", "amount", "start", "end", "months"),
    [
        # 120.00 over 365 days: 31, 28, 31 … days of 0.32877.
        (
            *(DAILY, "120.00", START, date(2027, 1, 1)),
            "10.19 9.21 10.19 9.86 10.19 9.87 10.19 10.19 9.86 10.20 9.86 10.19",
        ),
        # The same in even months; 100.00 does not divide by twelve.
        (MONTHLY, "120.00", START, date(2027, 1, 1), " ".join(["10.00"] * 12)),
        (
            *(MONTHLY, "100.00", START, date(2027, 1, 1)),
            "8.33 8.34 8.33 8.33 8.34 8.33 8.33 8.34 8.33 8.33 8.34 8.33",
        ),
        # From 15 January: 17 of 31 days of the first month, 14 of 30 of the last.
        (MONTHLY, "31.00", date(2026, 1, 15), date(2026, 4, 15), "5.64 10.28 10.28 4.80"),
        (DAILY, "31.00", date(2026, 1, 15), date(2026, 2, 15), "17.00 14.00"),
        # A credit runs the same way below zero.
        (DAILY, "-31.00", date(2026, 1, 15), date(2026, 2, 15), "-17.00 -14.00"),
        # One cent cannot be split.
        (MONTHLY, "0.01", START, date(2026, 4, 1), "0.01"),
    ],
)
def test_a_plan_month_by_month(
    basis: Recognition, amount: str, start: date, end: date, months: str
) -> None:
    found = by_month(plan(amount, start, end, basis))

    assert found == months.split()
    assert sum(map(Decimal, found)) == Decimal(amount)


def test_a_part_of_a_month_counts_by_its_days() -> None:
    part, whole = share(MONTHLY, date(2026, 1, 17), date(2026, 3, 1), date(2026, 3, 15))

    # 15/31 + 1 of 15/31 + 1 + 14/31
    assert Decimal(part) / whole == Decimal(46) / 60


def test_before_it_begins_nothing_is_earned_and_from_its_last_day_on_all() -> None:
    year = plan("120.00", START, date(2027, 1, 1))

    assert earned_by(year, date(2025, 12, 31)) == 0
    assert earned_by(year, date(2026, 12, 30)) == Decimal("119.67")
    assert earned_by(year, date(2026, 12, 31)) == earned_by(year, date(2030, 1, 1)) == 120


@pytest.mark.parametrize(
    ("amount", "recognised", "credit", "deferred", "revenue"),
    [
        ("120.00", "30.00", "50.00", "50.00", "0.00"),
        ("120.00", "30.00", "90.00", "90.00", "0.00"),
        ("120.00", "30.00", "100.00", "90.00", "10.00"),
        ("120.00", "120.00", "20.00", "0.00", "20.00"),
        ("-60.00", "-20.00", "-50.00", "-40.00", "-10.00"),
    ],
)
def test_a_credit_takes_what_is_deferred_first(
    amount: str, recognised: str, credit: str, deferred: str, revenue: str
) -> None:
    taken = take_back(plan(amount, START, date(2027, 1, 1)), Decimal(recognised), Decimal(credit))

    assert taken == (Decimal(deferred), Decimal(revenue))


def test_books_are_booked_at_ends_of_open_months_and_on_the_last_day_asked_for() -> None:
    first, through = date(2026, 1, 20), date(2026, 4, 10)

    assert month_ends(first, through) == [
        *(date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), through),
    ]
    assert month_ends(first, through, date(2026, 2, 28)) == [date(2026, 3, 31), through]
    assert month_ends(first, date(2026, 2, 28), date(2026, 2, 28)) == []


amounts = st.decimals(-100_000, 100_000, places=2).filter(bool)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(amounts, days, st.integers(1, 1500), st.sampled_from([DAILY, MONTHLY]), st.data())
def test_steps_on_any_days_add_up_and_never_go_back(
    amount: Decimal, start: date, length: int, basis: Recognition, data: st.DataObject
) -> None:
    of = plan(str(amount), start, start + timedelta(days=length), basis)
    asked = sorted(
        data.draw(st.lists(st.integers(-5, length + 5), max_size=6)),
    )

    totals = [earned_by(of, start + timedelta(days=day)) for day in asked]

    assert sorted(totals, reverse=amount < 0) == totals
    assert all(abs(total) <= abs(amount) for total in totals)
    assert sum(step for _, step in steps(of, Decimal(0), start - timedelta(days=1))) == amount


@given(amounts, days, st.integers(2, 800), st.sampled_from([DAILY, MONTHLY]), st.data())
def test_what_is_left_after_a_credit_is_earned_in_the_days_that_are_left(
    amount: Decimal, start: date, length: int, basis: Recognition, data: st.DataObject
) -> None:
    end = start + timedelta(days=length)
    of = plan(str(amount), start, end, basis)
    through = start + timedelta(days=data.draw(st.integers(0, length - 2)))
    cents = int(abs(amount) * 100)
    credit = Decimal(data.draw(st.integers(1, cents))) / 100 * (1 if amount > 0 else -1)
    recognised = earned_by(of, through)

    taken = take_back(of, recognised, credit)
    recognised -= taken.revenue
    rest = amount - recognised - credit
    anew = of._replace(taken_back=credit, planned=rest, planned_from=through + timedelta(days=1))

    assert taken.deferred + taken.revenue == credit
    assert earned_by(anew, through) == recognised
    assert recognised + sum(step for _, step in steps(anew, recognised, through)) == amount - credit
    assert earned_by(anew, month_end(end)) == amount - credit
