"""A plan's phases as stretches of days, and the windows that they make of its components.

Phases follow one another from the start of a subscription. Their months are counted from the first
phase of a row of them, so that three months and two months after a start on the 31st end on the
31st again, as the billing periods do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPhase
from dotmac_billing.catalog.terms import ComponentKind, PhaseKind, PhaseUnit, TrialEnd
from dotmac_core_ops.months import add_months

_DAYS = {PhaseUnit.DAYS: 1, PhaseUnit.WEEKS: 7}
_MONTHS = {PhaseUnit.MONTHS: 1, PhaseUnit.YEARS: 12}


class Stretch(NamedTuple):
    """A phase on the days of a subscription, half-open; `ends_on` None is without end."""

    phase: PublishedPhase
    starts_on: date
    ends_on: date | None


class Window(NamedTuple):
    """Days on which a component is charged, half-open, and what is taken off its price then.

    None does not narrow the subscription's own days.
    """

    starts_on: date | None = None
    ends_on: date | None = None
    phase: str | None = None
    percent_off: Decimal | None = None


ALWAYS = Window()


def stretches(phases: Iterable[PublishedPhase], start_on: date) -> list[Stretch]:
    """The phases one after the other from `start_on`; none after one without a length."""
    found: list[Stretch] = []
    base, months = start_on, 0
    begins = start_on
    for phase in phases:
        if phase.length is None or phase.unit is None:
            found.append(Stretch(phase, begins, None))
            break
        if phase.unit in _DAYS:
            ends = begins + timedelta(days=phase.length * _DAYS[phase.unit])
            base, months = ends, 0
        else:
            if phase.kind is not PhaseKind.TRIAL and _after_trial(found):
                base, months = begins, 0
            months += phase.length * _MONTHS[phase.unit]
            ends = add_months(base, months)
        found.append(Stretch(phase, begins, ends))
        begins = ends
    return found


def _after_trial(found: Sequence[Stretch]) -> bool:
    return bool(found) and found[-1].phase.kind is PhaseKind.TRIAL


def trial_end(found: Sequence[Stretch]) -> date | None:
    """The first day after the trials that a subscription begins with; None without a trial."""
    end = None
    for stretch in found:
        if stretch.phase.kind is not PhaseKind.TRIAL:
            break
        end = stretch.ends_on
    return end


def without_method(found: Sequence[Stretch]) -> TrialEnd | None:
    """What the trial's end brings about when there is no payment method; None: it goes on."""
    trials = [one.phase for one in found if one.phase.kind is PhaseKind.TRIAL]
    required = [one for one in trials if one.requires_payment_method]
    return required[-1].without_payment_method if required else None


def last_day(found: Sequence[Stretch]) -> date | None:
    """The first day after the last phase; None when that has no end, or there are no phases."""
    return found[-1].ends_on if found else None


def windows(component: PublishedComponent, found: Sequence[Stretch]) -> list[Window]:
    """When the component is charged: in its phases, or in all but trials when it names none.

    Phases that follow one another on the same terms are one window. What is charged once has a
    single window, that of its first phase.
    """
    if not found:
        return [ALWAYS]
    made: list[Window] = []
    for stretch in found:
        phase = stretch.phase
        if not _is_charged(component, phase):
            continue
        off = phase.percent_off if component.kind is ComponentKind.RECURRING else None
        before = made[-1] if made else None
        if before and before.ends_on == stretch.starts_on and before.percent_off == off:
            made[-1] = before._replace(ends_on=stretch.ends_on)
        else:
            made.append(Window(stretch.starts_on, stretch.ends_on, phase.code, off))
    if component.kind is ComponentKind.ONE_TIME:
        return [made[0]._replace(ends_on=None)] if made else []
    return made


def _is_charged(component: PublishedComponent, phase: PublishedPhase) -> bool:
    if component.phases:
        return phase.code in component.phases
    return phase.kind is not PhaseKind.TRIAL
