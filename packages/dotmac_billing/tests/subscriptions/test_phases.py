"""Phases as stretches of days, and the windows they make."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPhase
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    TrialEnd,
)
from dotmac_billing.subscriptions.alignment import anchor
from dotmac_billing.subscriptions.periods import period, period_index
from dotmac_billing.subscriptions.phases import (
    ALWAYS,
    Window,
    last_day,
    stretches,
    trial_end,
    windows,
    without_method,
)

JAN_31 = date(2026, 1, 31)
TRIAL = PublishedPhase("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS)
A_THIRD_OFF = PublishedPhase("cheap", PhaseKind.DISCOUNT, 3, PhaseUnit.MONTHS, Decimal("0.3"))
FIXED = PublishedPhase("fixed", PhaseKind.FIXED_TERM, 1, PhaseUnit.YEARS)
FOREVER = PublishedPhase("forever", PhaseKind.EVERGREEN)


def component(*phases: str, kind: ComponentKind = ComponentKind.RECURRING) -> PublishedComponent:
    return PublishedComponent(
        UUID(int=1), "base", "Base", kind, ChargeModel.FLAT, Decimal(10), None, phases=phases
    )


def spans(*phases: PublishedPhase, start: date = JAN_31) -> list[tuple[str, date, date | None]]:
    found = stretches(phases, start)
    return [(one.phase.code, one.starts_on, one.ends_on) for one in found]


def test_phases_follow_one_another() -> None:
    assert spans(TRIAL, A_THIRD_OFF, FOREVER) == [
        ("trial", JAN_31, date(2026, 2, 14)),
        ("cheap", date(2026, 2, 14), date(2026, 5, 14)),
        ("forever", date(2026, 5, 14), None),
    ]


def test_months_are_counted_from_the_first_of_a_row_of_phases() -> None:
    one = PublishedPhase("one", PhaseKind.DISCOUNT, 1, PhaseUnit.MONTHS)

    assert spans(one, A_THIRD_OFF) == [
        ("one", JAN_31, date(2026, 2, 28)),
        ("cheap", date(2026, 2, 28), date(2026, 5, 31)),
    ]


def test_months_after_a_trial_are_counted_from_its_end_as_the_periods_are() -> None:
    month = PublishedPhase("trial", PhaseKind.TRIAL, 1, PhaseUnit.MONTHS)

    assert spans(month, A_THIRD_OFF)[1] == ("cheap", date(2026, 2, 28), date(2026, 5, 28))


def test_nothing_comes_after_a_phase_without_end() -> None:
    assert spans(FOREVER, TRIAL) == [("forever", JAN_31, None)]


def test_the_trial_ends_with_the_last_of_the_first_trials() -> None:
    longer = PublishedPhase("longer", PhaseKind.TRIAL, 1, PhaseUnit.WEEKS)

    assert trial_end(stretches([TRIAL, longer, FOREVER], JAN_31)) == date(2026, 2, 21)
    assert trial_end(stretches([FOREVER], JAN_31)) is None
    assert trial_end([]) is None


def test_what_a_trial_without_a_method_ends_in_is_said_by_the_last_that_requires_one() -> None:
    pause = PublishedPhase(
        *("trial", PhaseKind.TRIAL, 7, PhaseUnit.DAYS),
        requires_payment_method=True,
        without_payment_method=TrialEnd.PAUSE,
    )

    assert without_method(stretches([TRIAL, FOREVER], JAN_31)) is None
    assert without_method(stretches([TRIAL, pause, FOREVER], JAN_31)) is TrialEnd.PAUSE


def test_a_component_is_charged_in_all_phases_but_trials() -> None:
    found = stretches([TRIAL, A_THIRD_OFF, FOREVER], JAN_31)

    assert windows(component(), found) == [
        Window(date(2026, 2, 14), date(2026, 5, 14), "cheap", Decimal("0.3")),
        Window(date(2026, 5, 14), None, "forever", None),
    ]


def test_a_component_may_name_its_phases() -> None:
    found = stretches([TRIAL, A_THIRD_OFF, FOREVER], JAN_31)

    assert windows(component("trial", "forever"), found) == [
        Window(JAN_31, date(2026, 2, 14), "trial", None),
        Window(date(2026, 5, 14), None, "forever", None),
    ]


def test_phases_on_the_same_terms_are_one_window() -> None:
    found = stretches([FIXED, FOREVER], JAN_31)

    assert windows(component(), found) == [Window(JAN_31, None, "fixed", None)]


def test_a_set_up_fee_is_charged_once_with_the_first_phase_that_is_charged() -> None:
    found = stretches([TRIAL, A_THIRD_OFF, FOREVER], JAN_31)
    once = component(kind=ComponentKind.ONE_TIME)

    assert windows(once, found) == [Window(date(2026, 2, 14), None, "cheap", None)]


def test_without_phases_it_is_charged_always() -> None:
    assert windows(component(), []) == [ALWAYS]
    assert last_day([]) is None


lengths = st.builds(
    PublishedPhase,
    st.just("phase"),
    st.sampled_from([PhaseKind.TRIAL, PhaseKind.DISCOUNT, PhaseKind.FIXED_TERM]),
    st.integers(1, 24),
    st.sampled_from(PhaseUnit),
)


@given(st.lists(lengths, max_size=5), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_exactly_one_phase(phases: list[PublishedPhase], start: date) -> None:
    found = stretches([*phases, FOREVER], start)

    assert found[0].starts_on == start
    assert found[-1].ends_on is None
    for before, after in pairwise(found):
        assert before.ends_on == after.starts_on
        assert before.starts_on < after.starts_on


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        (BillingCycle.MONTHLY, date(2026, 6, 1)),
        (BillingCycle.QUARTERLY, date(2026, 7, 1)),
        (BillingCycle.SEMI_ANNUALLY, date(2026, 7, 1)),
        (BillingCycle.ANNUALLY, date(2027, 1, 1)),
        (BillingCycle.WEEKLY, date(2026, 5, 25)),
    ],
)
def test_the_first_period_of_a_calendar_plan_ends_with_the_calendars(
    cycle: BillingCycle, expected: date
) -> None:
    start = date(2026, 5, 20)  # a Wednesday
    first = anchor(Alignment.CALENDAR, cycle, start)

    assert period(first, cycle, period_index(first, cycle, start)).end == expected


def test_an_anniversary_is_counted_from_the_first_charged_day() -> None:
    assert anchor(Alignment.ANNIVERSARY, BillingCycle.MONTHLY, JAN_31) == JAN_31


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(BillingCycle))
def test_a_boundary_of_the_calendar_is_never_far(start: date, cycle: BillingCycle) -> None:
    first = anchor(Alignment.CALENDAR, cycle, start)

    assert first <= start < first + timedelta(days=366)
