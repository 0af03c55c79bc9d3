from __future__ import annotations

from datetime import date

import pytest

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.subscriptions.cancellation import CancelAt, end_of
from dotmac_billing.subscriptions.errors import InvalidCancellationError

TODAY = date(2026, 11, 20)
NOW, PERIOD_END, DATE = CancelAt.NOW, CancelAt.PERIOD_END, CancelAt.DATE


def end(
    at: CancelAt,
    on: date | None = None,
    *,
    start_on: date = date(2026, 1, 31),
    next_period: int = 10,  # billed up to 30 November
    end_on: date | None = None,
) -> date:
    return end_of(
        at,
        on,
        today=TODAY,
        start_on=start_on,
        anchor_on=start_on,
        cycle=BillingCycle.MONTHLY,
        next_period=next_period,
        end_on=end_on,
    )


def test_now_means_that_today_is_not_served_any_more() -> None:
    assert end(NOW) == TODAY


def test_the_present_period_is_served_to_its_end() -> None:
    assert end(PERIOD_END) == date(2026, 11, 30)


def test_a_subscription_that_has_not_begun_never_does() -> None:
    assert end(NOW, start_on=date(2026, 12, 24), next_period=0) == date(2026, 12, 24)


def test_its_first_period_may_still_be_served() -> None:
    assert end(PERIOD_END, start_on=date(2026, 12, 24), next_period=0) == date(2027, 1, 24)


def test_a_day_ahead_is_taken_as_it_is() -> None:
    assert end(DATE, date(2027, 3, 3)) == date(2027, 3, 3)


def test_a_term_that_ends_sooner_is_not_made_longer() -> None:
    assert end(PERIOD_END, end_on=date(2026, 11, 25)) == date(2026, 11, 25)


def test_a_past_day_is_accepted_while_nothing_after_it_is_billed() -> None:
    assert end(DATE, date(2026, 11, 3), next_period=9) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("on", "next_period", "end_on"),
    [
        (date(2026, 11, 3), 10, None),  # billed up to 30 November
        (date(2026, 1, 30), 0, None),  # before it starts
        (date(2027, 3, 3), 10, date(2027, 2, 1)),  # ends before that anyway
        (None, 10, None),  # no day
    ],
)
def test_a_day_on_which_it_cannot_end_is_refused(
    on: date | None, next_period: int, end_on: date | None
) -> None:
    with pytest.raises(InvalidCancellationError):
        end(DATE, on, next_period=next_period, end_on=end_on)


def test_a_day_without_saying_so_is_refused() -> None:
    with pytest.raises(InvalidCancellationError):
        end(NOW, date(2026, 12, 1))
