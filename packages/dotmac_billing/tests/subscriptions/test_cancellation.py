from __future__ import annotations

from datetime import date

import pytest

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.subscriptions.cancellation import CancelAt, billed_until, end_of
from dotmac_billing.subscriptions.errors import InvalidCancellationError

TODAY = date(2026, 11, 20)
NOW, PERIOD_END, DATE = CancelAt.NOW, CancelAt.PERIOD_END, CancelAt.DATE


def end(
    at: CancelAt,
    on: date | None = None,
    *,
    start_on: date = date(2026, 1, 31),
    billed: date | None = date(2026, 11, 30),
    end_on: date | None = None,
) -> date:
    return end_of(
        at,
        on,
        today=TODAY,
        start_on=start_on,
        anchor_on=start_on,
        cycle=BillingCycle.MONTHLY,
        billed_until=billed,
        end_on=end_on,
    )


def test_now_means_that_today_is_not_served_any_more() -> None:
    assert end(NOW) == TODAY


def test_the_present_period_is_served_to_its_end() -> None:
    assert end(PERIOD_END) == date(2026, 11, 30)


def test_a_subscription_that_has_not_begun_never_does() -> None:
    assert end(NOW, start_on=date(2026, 12, 24), billed=None) == date(2026, 12, 24)


def test_its_first_period_may_still_be_served() -> None:
    assert end(PERIOD_END, start_on=date(2026, 12, 24), billed=None) == date(2027, 1, 24)


def test_a_day_ahead_is_taken_as_it_is() -> None:
    assert end(DATE, date(2027, 3, 3)) == date(2027, 3, 3)


def test_a_term_that_ends_sooner_is_not_made_longer() -> None:
    assert end(PERIOD_END, end_on=date(2026, 11, 25)) == date(2026, 11, 25)


def test_a_past_day_is_accepted_while_nothing_after_it_is_billed() -> None:
    assert end(DATE, date(2026, 11, 3), billed=date(2026, 10, 31)) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("on", "billed", "end_on"),
    [
        (date(2026, 11, 3), date(2026, 11, 30), None),
        (date(2026, 1, 30), None, None),  # before it starts
        (date(2027, 3, 3), date(2026, 11, 30), date(2027, 2, 1)),  # ends before that anyway
        (None, date(2026, 11, 30), None),  # no day
    ],
)
def test_a_day_on_which_it_cannot_end_is_refused(
    on: date | None, billed: date | None, end_on: date | None
) -> None:
    with pytest.raises(InvalidCancellationError):
        end(DATE, on, billed=billed, end_on=end_on)


def test_a_day_without_saying_so_is_refused() -> None:
    with pytest.raises(InvalidCancellationError):
        end(NOW, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("timing", "billed_on", "expected"),
    [
        (BillingTiming.ADVANCE, date(2026, 10, 31), date(2026, 11, 30)),
        (BillingTiming.ARREARS, date(2026, 10, 31), date(2026, 10, 31)),
        (BillingTiming.ADVANCE, None, None),
    ],
)
def test_a_moment_ahead_bills_a_period_and_one_afterwards_what_is_over(
    timing: BillingTiming, billed_on: date | None, expected: date | None
) -> None:
    found = billed_until(date(2026, 1, 31), BillingCycle.MONTHLY, timing, billed_on)

    assert found == expected
