"""Where a subscription stands when it is made: its anchor, trial, term, state and first bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.terms import BillingCycle, PhaseKind, PhaseUnit, TrialEnd
from dotmac_billing.subscriptions.alignment import anchor
from dotmac_billing.subscriptions.days import until
from dotmac_billing.subscriptions.errors import InvalidSubscriptionError
from dotmac_billing.subscriptions.phases import (
    Stretch,
    last_day,
    stretches,
    trial_end,
    without_method,
)
from dotmac_billing.subscriptions.starting import EARLIEST, LATEST, Payer, StartSubscription
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_core_ops.months import add_months

MOST_TERM_MONTHS = 1200
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A fixed time that is agreed: up to, not including, `ends_on`, then again for `months`.

    `months` None: it is not counted on, what follows has no term.
    """

    ends_on: date
    months: int | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where a subscription stands when it is made; days as in the model.

    `is_held`: it waits for a payment method, and nothing is billed from `trial_end_on` on until
    there is one.
    """

    anchor_on: date
    end_on: date | None
    status: SubscriptionStatus
    stretches: list[Stretch]
    trial_end_on: date | None
    trial_without_method: TrialEnd | None
    is_held: bool
    term: Term | None
    renews: bool

    @property
    def charged_until(self) -> date | None:
        """The first day that is not to be billed as things stand."""
        return until(self.end_on, self.trial_end_on if self.is_held else None)


def schedule(start: StartSubscription, plan: PublishedPlan, payer: Payer, today: date) -> Schedule:
    """What the plan makes of the start. A one-time plan ends with its only day.

    A term that does not renew ends the subscription; one that renews is counted on as time passes.
    So it is with a last phase of fixed length.

    Raises:
        InvalidSubscriptionError: days outside 1900 to 2200, an end not after the start, or an
            anchor for a plan that is charged once.
    """
    start_on = start.start_on
    _require_day(start_on)
    _require_day(start.anchor_on)
    _require_day(start.end_on)
    found = _stretches(start, plan)
    trial_end_on = trial_end(found)
    charged_on = trial_end_on or start_on
    anchor_on = start.anchor_on or anchor(plan.alignment, plan.cycle, charged_on)
    renews = plan.renews if start.renews is None else start.renews
    term = _term(start, plan, found, charged_on)
    if renews and term and term.months and last_day(found) == term.ends_on:
        found[-1] = found[-1]._replace(ends_on=None)
    ends = [last_day(found)]
    if term and term.months and not renews:
        ends.append(term.ends_on)
    end_on = _end(start, plan, anchor_on, until(*ends))
    missing = without_method(found) if trial_end_on else None
    is_held = missing is not None and not payer.has_payment_method
    return Schedule(
        anchor_on,
        end_on,
        _status(start, end_on, today, trial_end_on, is_held=is_held),
        found,
        trial_end_on,
        missing,
        is_held,
        term,
        renews,
    )


def _stretches(start: StartSubscription, plan: PublishedPlan) -> list[Stretch]:
    if not plan.phases:
        return []
    phases = plan.phases
    if not start.has_trial:
        phases = tuple(one for one in phases if one.kind is not PhaseKind.TRIAL)
    return stretches(phases, start.start_on)


def _require_day(day: date | None) -> None:
    if day is not None and not EARLIEST <= day <= LATEST:
        raise InvalidSubscriptionError("A day lies between 1900 and 2200.", day=day)


def _term(
    start: StartSubscription, plan: PublishedPlan, found: Sequence[Stretch], charged_on: date
) -> Term | None:
    months = plan.term_months if start.term_months is None else start.term_months
    if months is not None:
        if not 0 < months <= MOST_TERM_MONTHS:
            raise InvalidSubscriptionError(f"A term has 1 to {MOST_TERM_MONTHS} months.")
        return Term(add_months(charged_on, months), months)
    fixed = [one for one in found if one.phase.kind is PhaseKind.FIXED_TERM and one.ends_on]
    if not fixed:
        return None
    ends_on, phase = fixed[-1].ends_on, fixed[-1].phase
    assert ends_on is not None
    is_last = fixed[-1] is found[-1]
    units = {PhaseUnit.MONTHS: 1, PhaseUnit.YEARS: _YEAR}
    if not is_last or phase.length is None or phase.unit not in units:
        return Term(ends_on, None)
    return Term(ends_on, phase.length * units[phase.unit])


def _end(
    start: StartSubscription, plan: PublishedPlan, anchor_on: date, agreed: date | None
) -> date | None:
    start_on, end_on = start.start_on, until(start.end_on, agreed)
    if plan.cycle is BillingCycle.ONE_TIME:
        if anchor_on != start_on:
            raise InvalidSubscriptionError("A plan that is charged once has no anchor.")
        end_on = end_on or start_on + timedelta(days=1)
    if end_on is not None and end_on <= start_on:
        raise InvalidSubscriptionError("It must end after it starts.", end_on=end_on)
    return end_on


def _status(
    start: StartSubscription,
    end_on: date | None,
    today: date,
    trial_end_on: date | None,
    *,
    is_held: bool,
) -> SubscriptionStatus:
    if end_on is not None and end_on <= today:
        is_cancelled = start.is_cancelled
        return SubscriptionStatus.CANCELLED if is_cancelled else SubscriptionStatus.EXPIRED
    if today < start.start_on:
        return SubscriptionStatus.PENDING
    if trial_end_on is not None and (is_held or today < trial_end_on):
        return SubscriptionStatus.TRIALING
    return SubscriptionStatus.ACTIVE
