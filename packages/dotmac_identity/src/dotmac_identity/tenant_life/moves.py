"""Which state of a tenant may follow on which, why, and on which days one follows by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dotmac_core_ops.tenant_state import TenantState

TRIAL_DAYS = 14
READ_ONLY_DAYS = 30
"""How long a tenant without a plan can still be read and exported."""

ERASURE_DAYS = 30
"""How long a closed tenant can be opened again; from then on it may be erased."""


class MoveReason(StrEnum):
    """Why a tenant is where it is."""

    TRIAL_ENDED = "trial_ended"
    TRIAL_EXTENDED = "trial_extended"
    SUBSCRIBED = "subscribed"
    SUBSCRIPTION_ENDED = "subscription_ended"
    PAYMENT_OVERDUE = "payment_overdue"
    PAID = "paid"
    ABUSE = "abuse"
    LEGAL = "legal"
    OPERATOR_DECISION = "operator_decision"
    REQUESTED = "requested"
    ACCESS_ENDED = "access_ended"
    REOPENED = "reopened"


_S, _R = TenantState, MoveReason
_STOPS = frozenset({_R.ABUSE, _R.LEGAL, _R.PAYMENT_OVERDUE, _R.OPERATOR_DECISION})
_ENDS = frozenset({_R.REQUESTED, _R.OPERATOR_DECISION, _R.LEGAL})
_PAYS = frozenset({_R.SUBSCRIBED, _R.PAID, _R.OPERATOR_DECISION})
_LAPSES = frozenset({_R.SUBSCRIPTION_ENDED, _R.PAYMENT_OVERDUE, _R.OPERATOR_DECISION})

LEGAL_MOVES: dict[tuple[TenantState, TenantState], frozenset[MoveReason]] = {
    (_S.TRIAL, _S.ACTIVE): _PAYS,
    (_S.TRIAL, _S.READ_ONLY): frozenset({_R.TRIAL_ENDED, _R.OPERATOR_DECISION}),
    (_S.TRIAL, _S.SUSPENDED): _STOPS,
    (_S.TRIAL, _S.CLOSED): _ENDS,
    (_S.ACTIVE, _S.PAST_DUE): frozenset({_R.PAYMENT_OVERDUE}),
    (_S.ACTIVE, _S.READ_ONLY): _LAPSES,
    (_S.ACTIVE, _S.SUSPENDED): _STOPS,
    (_S.ACTIVE, _S.CLOSED): _ENDS,
    (_S.PAST_DUE, _S.ACTIVE): _PAYS,
    (_S.PAST_DUE, _S.READ_ONLY): _LAPSES,
    (_S.PAST_DUE, _S.SUSPENDED): _STOPS,
    (_S.PAST_DUE, _S.CLOSED): _ENDS,
    (_S.READ_ONLY, _S.ACTIVE): _PAYS,
    (_S.READ_ONLY, _S.TRIAL): frozenset({_R.TRIAL_EXTENDED}),
    (_S.READ_ONLY, _S.SUSPENDED): _STOPS,
    (_S.READ_ONLY, _S.CLOSED): _ENDS | {_R.ACCESS_ENDED},
    (_S.SUSPENDED, _S.ACTIVE): _PAYS | {_R.REOPENED},
    (_S.SUSPENDED, _S.READ_ONLY): frozenset({_R.REOPENED, _R.OPERATOR_DECISION}),
    (_S.SUSPENDED, _S.CLOSED): _ENDS | {_R.ABUSE},
    (_S.CLOSED, _S.READ_ONLY): frozenset({_R.REOPENED}),
    (_S.CLOSED, _S.ACTIVE): frozenset({_R.REOPENED}),
}
"""The reasons that fit each legal move; a move that is not here is none."""


@dataclass(frozen=True)
class Due:
    """What a tenant's days say about it: the days are the first ones on which it is over."""

    trial_ends_on: date | None = None
    access_ends_on: date | None = None
    erasable_on: date | None = None


def due_after(state: TenantState, today: date) -> Due:
    """The days that begin to run when a tenant comes into `state` on `today`."""
    if state is TenantState.TRIAL:
        return Due(trial_ends_on=today + timedelta(days=TRIAL_DAYS))
    if state is TenantState.READ_ONLY:
        return Due(access_ends_on=today + timedelta(days=READ_ONLY_DAYS))
    if state is TenantState.CLOSED:
        return Due(erasable_on=today + timedelta(days=ERASURE_DAYS))
    return Due()


def move_by_itself(
    state: TenantState, due: Due, today: date
) -> tuple[TenantState, MoveReason] | None:
    """Where a tenant goes on `today` because its days are over; None: it stays."""
    if state is TenantState.TRIAL and due.trial_ends_on is not None and due.trial_ends_on <= today:
        return TenantState.READ_ONLY, MoveReason.TRIAL_ENDED
    if (
        state is TenantState.READ_ONLY
        and due.access_ends_on is not None
        and due.access_ends_on <= today
    ):
        return TenantState.CLOSED, MoveReason.ACCESS_ENDED
    return None


class Banner(StrEnum):
    """How urgent a trial's end is shown."""

    BLUE = "blue"
    ORANGE = "orange"
    RED = "red"


_BLUE_FROM_DAYS = 7
_ORANGE_FROM_DAYS = 3


def banner_of(days_left: int) -> Banner:
    """Blue from 7 days that are left, orange from 3 to 6, red below."""
    if days_left >= _BLUE_FROM_DAYS:
        return Banner.BLUE
    return Banner.ORANGE if days_left >= _ORANGE_FROM_DAYS else Banner.RED
