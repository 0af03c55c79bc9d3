"""A change drawn up: the state that it leads to, and the money that it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.changes.charging import (
    Owner,
    charge_lines,
    credit_lines,
    shortened_lines,
)
from dotmac_billing.changes.kinds import ChangeStatus, Invoicing
from dotmac_billing.changes.plan_of_change import (
    CreditMode,
    ItemRows,
    PlannedChange,
    changed_ids,
    item_rows,
)
from dotmac_billing.changes.proration import DayRuler, Ruler, SecondRuler
from dotmac_billing.changes.settlement import (
    BilledLine,
    Credit,
    State,
    credits_of,
    not_billed,
    rated_again,
    refund_of,
    require_hours_billed,
)
from dotmac_billing.changes.standing import Standing
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.settings.proration import ProrationUnit
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.moments import Due, due_at, rhythms
from dotmac_billing.subscriptions.windows import ItemWindow

_DAY = timedelta(days=1)


class Settled(NamedTuple):
    """Lines that are to wait, and the ids of those that wait no more."""

    lines: Sequence[NewPendingLine]
    gone: Sequence[UUID]


@dataclass(frozen=True)
class DrawnChange:
    """A change with the state before and after it. `old` is what was set with it at once."""

    id: UUID
    standing: Standing
    planned: PlannedChange
    before: State
    after: State
    holding: Holding
    old: Mapping[str, object]

    @property
    def subscription(self) -> Subscription:
        """What is changed."""
        return self.standing.subscription

    @property
    def is_ahead(self) -> bool:
        """Whether its day is still to come."""
        return self.planned.effective_on > self.standing.today

    @property
    def status(self) -> ChangeStatus:
        """Scheduled when its day lies ahead."""
        return ChangeStatus.SCHEDULED if self.is_ahead else ChangeStatus.APPLIED

    @property
    def is_billed_now(self) -> bool:
        """Whether what it moves goes on an invoice at once."""
        return self.planned.invoicing is Invoicing.NOW and not self.is_ahead

    @property
    def rows(self) -> ItemRows:
        """How the rows of its items differ."""
        return item_rows(self.before.items, self.after.items)

    @property
    def touched(self) -> set[UUID]:
        """The items of which lines may have to be taken back."""
        if self.planned.credit is CreditMode.NONE:
            return set()
        if self.before.days != self.after.days or self.planned.credit is CreditMode.FULL:
            return {item.id for item in self.before.items}
        return changed_ids(self.before.items, self.after.items)

    def ruler(self, unit: ProrationUnit, now: datetime) -> Ruler:
        """What shares are measured by; within the day of the change from `now` on."""
        if unit is ProrationUnit.DAY:
            return DayRuler()
        zone, today = self.subscription.time_zone, self.standing.today
        if self.planned.effective_on != today:
            return SecondRuler(zone)
        return SecondRuler(zone, today, now)

    def settled(self, billed: Sequence[BilledLine], ruler: Ruler) -> Settled:
        """What it credits and charges. `billed` are the lines of the items that are `touched`.

        Raises:
            ChangedTodayError: see `require_hours_billed`.
            PriceCurrencyMissingError: a component has no price in the subscription's currency.
        """
        planned, subscription = self.planned, self.subscription
        day, currency = planned.effective_on, subscription.currency
        owner = Owner(subscription.id, subscription.customer_id, currency, day)
        found: list[Credit] = []
        if planned.credit is CreditMode.FULL:
            found = list(refund_of(billed, day))
        elif self.touched:
            require_hours_billed(self.before, self.touched, ruler)
            found = list(credits_of(billed, self.before, self.after, ruler, currency))
        dues = not_billed(self.before, self.after, subscription.billed_on, day)
        dues += self._due_today()
        if not planned.charges_rest:
            dues = [due for due in dues if due.item.is_one_time]
        lines = [
            *credit_lines(found, owner),
            *shortened_lines(found, owner),
            *charge_lines(dues, self.holding, ruler, owner),
            *planned.fees,
        ]
        return Settled(lines, [credit.line.id for credit in found if credit.line.is_waiting])

    def _due_today(self) -> list[Due[ItemWindow]]:
        """What the change makes due on its own day, when it is to be billed at once.

        The moment is then billed. Where a meter has to be read for it, it is left to the bill run.
        """
        subscription, day = self.subscription, self.planned.effective_on
        if not self.is_billed_now or self.after.first_moment(subscription.billed_on) != day:
            return []
        dues = list(due_at(rhythms(self.after.days, self.after.items), day))
        if any(due.item.kind is ComponentKind.USAGE for due in dues):
            return []
        subscription.billed_on = day
        return dues

    def usage_again(self) -> set[tuple[UUID, str, date]]:
        """Days (of subscription and meter) of usage that was billed to other items."""
        found = rated_again(
            self.before, self.after, self.subscription.billed_on, self.planned.effective_on
        )
        return {
            (self.subscription.id, meter, day)
            for component_id, day in found
            if (meter := self.holding.components[component_id].meter) is not None
        }

    def next_bill(self, lines: Sequence[NewPendingLine]) -> date | None:
        """When it is billed next. A last bill is made for lines that no period takes along."""
        billed_on = self.subscription.billed_on
        day = self.after.first_moment(billed_on)
        if day is not None or not lines:
            return day
        last = self.planned.effective_on
        return last if billed_on is None else max(last, billed_on + _DAY)


def drawn(change_id: UUID, standing: Standing, planned: PlannedChange) -> DrawnChange:
    """Draw the change up: the subscription's fields are set, those of another day are not."""
    subscription = standing.subscription
    before = standing.state
    old = _set(subscription, planned.at_once)
    if planned.effective_on <= standing.today:
        _set(subscription, planned.then)
    after = State(subscription.days(is_held=standing.is_held), planned.items)
    plans = {**standing.holding.plans, **planned.plans}
    holding = Holding(after.items, plans, subscription.currency)
    return DrawnChange(change_id, standing, planned, before, after, holding, old)


def _set(subscription: Subscription, fields: Mapping[str, object]) -> dict[str, object]:
    """Set fields by name; what they were before."""
    old = {name: getattr(subscription, name) for name in fields}
    for name, value in fields.items():
        setattr(subscription, name, value)
    return old
