from __future__ import annotations

from datetime import date, timedelta

import pytest

from dotmac_core_ops.tenant_state import (
    TenantReadOnlyError,
    TenantState,
    TenantSuspendedError,
    refuse_by_state,
    stays_open,
)
from dotmac_identity.tenant_life.moves import (
    LEGAL_MOVES,
    Due,
    MoveReason,
    banner_of,
    due_after,
    move_by_itself,
)

S = TenantState
TODAY = date(2026, 11, 20)


def test_every_state_can_be_left_and_reached_but_a_trial_is_where_one_begins() -> None:
    assert {start for start, _ in LEGAL_MOVES} == set(S)
    assert {end for _, end in LEGAL_MOVES} == set(S)
    assert not any(start is S.CLOSED and end is S.TRIAL for start, end in LEGAL_MOVES)
    assert all(reasons for reasons in LEGAL_MOVES.values())


@pytest.mark.parametrize(
    ("state", "due", "after"),
    [
        (S.TRIAL, Due(trial_ends_on=TODAY), (S.READ_ONLY, MoveReason.TRIAL_ENDED)),
        (S.TRIAL, Due(trial_ends_on=TODAY + timedelta(days=1)), None),
        (S.TRIAL, Due(), None),
        (S.READ_ONLY, Due(access_ends_on=TODAY), (S.CLOSED, MoveReason.ACCESS_ENDED)),
        (S.READ_ONLY, Due(access_ends_on=TODAY + timedelta(days=1)), None),
        (S.ACTIVE, Due(trial_ends_on=TODAY), None),
        (S.CLOSED, Due(erasable_on=TODAY), None),
    ],
)
def test_what_the_days_do(
    state: TenantState, due: Due, after: tuple[TenantState, MoveReason] | None
) -> None:
    assert move_by_itself(state, due, TODAY) == after


def test_the_days_that_begin_to_run() -> None:
    assert due_after(S.TRIAL, TODAY).trial_ends_on == date(2026, 12, 4)  # 14 days
    assert due_after(S.READ_ONLY, TODAY).access_ends_on == date(2026, 12, 20)  # 30 days
    assert due_after(S.CLOSED, TODAY).erasable_on == date(2026, 12, 20)  # 30 days
    assert due_after(S.ACTIVE, TODAY) == Due()


@pytest.mark.parametrize(
    ("days", "colour"), [(14, "blue"), (7, "blue"), (6, "orange"), (3, "orange"), (2, "red")]
)
def test_the_banner_of_a_trial(days: int, colour: str) -> None:
    assert banner_of(days).value == colour


@stays_open(S.READ_ONLY, S.SUSPENDED)
async def way_out() -> None: ...


async def ordinary() -> None: ...


@pytest.mark.parametrize("state", [S.TRIAL, S.ACTIVE, S.PAST_DUE])
def test_who_works_is_not_hindered(state: TenantState) -> None:
    refuse_by_state(state, ordinary, "POST", is_owner=False)


def test_read_only_is_for_reading_and_for_the_ways_out() -> None:
    refuse_by_state(S.READ_ONLY, ordinary, "GET", is_owner=False)
    refuse_by_state(S.READ_ONLY, way_out, "POST", is_owner=False)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with pytest.raises(TenantReadOnlyError):
            refuse_by_state(S.READ_ONLY, ordinary, method, is_owner=True)


def test_suspended_is_for_owners_who_want_to_know_why() -> None:
    refuse_by_state(S.SUSPENDED, way_out, "POST", is_owner=True)
    for endpoint, is_owner in ((way_out, False), (ordinary, True), (ordinary, False)):
        with pytest.raises(TenantSuspendedError):
            refuse_by_state(S.SUSPENDED, endpoint, "GET", is_owner=is_owner)
