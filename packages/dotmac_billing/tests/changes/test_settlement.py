"""What a change takes back and what it charges, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_billing.changes.proration import DayRuler, prorated
from dotmac_billing.changes.settlement import (
    BilledLine,
    State,
    credits_of,
    not_billed,
    refund_of,
)
from dotmac_billing.subscriptions.moments import Days, due_at, next_moment, rhythms
from dotmac_billing.subscriptions.periods import Period
from dotmac_billing.subscriptions.windows import ItemWindow, redrawn, without
from dotmac_core_ops.database import new_id

JAN_1, FEB_1, MAR_1 = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
ADVANCE, ARREARS = BillingTiming.ADVANCE, BillingTiming.ARREARS
MONTHLY = BillingCycle.MONTHLY
CENT = Decimal("0.01")
BY_DAY = DayRuler()


def item(
    price: str = "31.00",
    *,
    timing: BillingTiming = ADVANCE,
    cycle: BillingCycle = MONTHLY,
    position: int = 1,
) -> ItemWindow:
    return ItemWindow(
        *(new_id(), UUID(int=1), position, "Line", ComponentKind.RECURRING),
        *(Decimal(1), cycle, timing, Decimal(price)),
    )


def line(of: ItemWindow, start: date, end: date, net: str, held: str | None = None) -> BilledLine:
    return BilledLine(
        *(new_id(), UUID(int=9), of.id, of.component_id, of.description, of.quantity),
        *(of.agreed_price or Decimal(0), Decimal(net), Decimal(held or net), None, False),
        *(start, end, False),
    )


def state(*items: ItemWindow, start: date = JAN_1, end: date | None = None) -> State:
    return State(Days(start, start, end), list(items))


def dearer(one: ItemWindow) -> ItemWindow:
    return replace(one, agreed_price=Decimal("62.00"))


def priced(one: ItemWindow, price: Decimal) -> ItemWindow:
    return replace(one, agreed_price=price)


def test_half_a_month_is_credited_of_what_was_charged() -> None:
    old = item()
    before = state(old)
    after = state(*redrawn([old], [old.id], date(2026, 1, 17), JAN_1, dearer))
    billed = line(old, JAN_1, FEB_1, "24.80")  # after a discount of a fifth

    (found,) = credits_of([billed], before, after, BY_DAY, "EUR")

    assert found.amount == Decimal("24.80") - Decimal("12.80")  # 16 of 31 days are kept
    assert found.unused == Period(date(2026, 1, 17), FEB_1)


def test_what_was_credited_before_is_not_credited_again() -> None:
    old = item()
    before = state(old)
    after = state(*redrawn([old], [old.id], date(2026, 1, 17), JAN_1, dearer))
    billed = line(old, JAN_1, FEB_1, "31.00", held="20.00")

    (found,) = credits_of([billed], before, after, BY_DAY, "EUR")

    assert found.amount == Decimal("4.00")


def test_a_line_that_keeps_its_days_keeps_its_money() -> None:
    old, other = item(), item(position=2)
    before = state(old, other)
    after = state(*redrawn([old, other], [old.id], date(2026, 1, 17), JAN_1, None))

    assert not list(credits_of([line(other, JAN_1, FEB_1, "31.00")], before, after, BY_DAY, "EUR"))


def test_a_full_refund_takes_back_all_that_is_held() -> None:
    old = item()
    lines = [line(old, JAN_1, FEB_1, "31.00"), line(old, FEB_1, MAR_1, "31.00", held="5.00")]

    assert [one.amount for one in refund_of(lines, FEB_1)] == [Decimal("5.00")]
    assert [one.amount for one in refund_of(lines, JAN_1)] == [Decimal("31.00"), Decimal("5.00")]


def test_the_rest_of_a_billed_period_is_charged_for_what_is_new() -> None:
    old = item()
    before = state(old)
    after = state(*redrawn([old], [old.id], date(2026, 1, 17), JAN_1, dearer))

    (due,) = not_billed(before, after, JAN_1, date(2026, 1, 17))

    assert due.part == Period(date(2026, 1, 17), FEB_1)
    assert due.whole == Period(JAN_1, FEB_1)
    assert due.item.agreed_price == Decimal("62.00")


def test_what_the_run_has_not_reached_yet_it_finds_by_itself() -> None:
    old = item(timing=ARREARS)
    before = state(old)
    after = state(*redrawn([old], [old.id], date(2026, 1, 17), JAN_1, dearer))

    assert not_billed(before, after, None, date(2026, 1, 17)) == []
    assert after.first_moment(None) == FEB_1


def test_a_change_in_the_past_charges_every_period_since() -> None:
    old = item()
    before = state(old)
    after = state(*redrawn([old], [old.id], date(2026, 1, 17), JAN_1, dearer))

    found = not_billed(before, after, MAR_1, date(2026, 1, 17))

    assert [due.part.start for due in found] == [date(2026, 1, 17), FEB_1, MAR_1]


def charged(of: State, through: date, ruler: DayRuler) -> list[BilledLine]:
    """What the bill run charges up to that day."""
    found = rhythms(of.days, of.items)
    lines, day = [], next_moment(found, None)
    while day is not None and day <= through:
        for due in due_at(found, day):
            price = due.item.agreed_price or Decimal(0)
            net = prorated(price, due.part, due.whole, ruler, "EUR")
            lines.append(line(due.item, *due.part, str(net)))
        day = next_moment(found, day)
    return lines


prices = st.decimals("0.01", "999", places=2)
steps = st.lists(
    st.tuples(st.integers(1, 200), prices, st.sampled_from(["change", "pause"])), max_size=6
)


@given(
    prices,
    st.sampled_from([BillingCycle.WEEKLY, MONTHLY, BillingCycle.QUARTERLY, BillingCycle.ANNUALLY]),
    st.sampled_from([ADVANCE, ARREARS]),
    steps,
    st.integers(0, 150),
)
def test_whatever_is_changed_every_day_costs_what_it_costs(
    price: Decimal,
    cycle: BillingCycle,
    timing: BillingTiming,
    changes: list[tuple[int, Decimal, str]],
    billed_after: int,
) -> None:
    """Lines less credits plus charges come to what the days of each item cost, to the cents."""
    before = state(item(str(price), cycle=cycle, timing=timing))
    billed_on = JAN_1 + timedelta(days=billed_after)
    held = charged(before, billed_on, BY_DAY)
    roundings = len(held)
    for offset, new_price, what in changes:
        day = JAN_1 + timedelta(days=offset)
        if what == "pause":
            items = without(before.items, day, day + timedelta(days=9), JAN_1)
        else:
            ids = {one.id for one in before.items}
            items = redrawn(before.items, ids, day, JAN_1, partial(priced, price=new_price))
        after = State(before.days, items)
        found = list(credits_of(held, before, after, BY_DAY, "EUR"))
        less = {credit.line.id: credit.amount for credit in found}
        assert all(0 < amount <= one.held for one in held if (amount := less.get(one.id)))
        held = [one._replace(held=one.held - less.get(one.id, 0)) for one in held]
        for due in not_billed(before, after, billed_on, day):
            net = prorated(due.item.agreed_price or Decimal(0), *due[:0:-1], BY_DAY, "EUR")
            held.append(line(due.item, *due.part, str(net)))
            roundings += 1
        roundings += len(found)
        assert not list(credits_of(held, after, after, BY_DAY, "EUR"))
        before = after

    expected = sum((one.net for one in charged(before, billed_on, BY_DAY)), Decimal(0))
    got = sum((one.held for one in held), Decimal(0))
    assert abs(got - expected) <= CENT * (roundings + 1)
