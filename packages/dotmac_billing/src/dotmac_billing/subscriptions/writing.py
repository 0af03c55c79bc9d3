"""The rows, changes of revenue and facts that come of subscriptions that start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.mrr.monthly import RecurringItem, timeline
from dotmac_billing.subscriptions.events import SubscriptionCancelled, SubscriptionStarted
from dotmac_billing.subscriptions.moments import Days, next_moment, rhythms
from dotmac_billing.subscriptions.opening_items import opening_items
from dotmac_billing.subscriptions.periods import next_bill, period_index
from dotmac_billing.subscriptions.prices import period_amount
from dotmac_billing.subscriptions.schedule import Schedule, schedule
from dotmac_billing.subscriptions.starting import (
    Payer,
    StartItem,
    StartSubscription,
    chosen,
    number_of,
)
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_core_ops.database import new_ids


class _Started(NamedTuple):
    """One subscription to be, with all that it is made of."""

    id: UUID
    start: StartSubscription
    plan: PublishedPlan
    payer: Payer
    planned: Schedule


def _fresh_ids() -> Iterator[UUID]:
    # In blocks, much cheaper than one by one; small ones first, for a single subscription.
    size = 4
    while True:
        yield from new_ids(size)
        size = min(2 * size, 256)


class StartedRows:
    """Collects what is to be written, each row in the order of the repository's columns.

    Plain tuples, because there may be thousands of them and each goes straight into a COPY.
    `terms` and `windows` hold the columns that most subscriptions and items leave empty.
    """

    def __init__(self, *, now: datetime, today: Callable[[str], date]) -> None:
        self._now = now
        self._today = today
        self._ids = _fresh_ids()
        self.subscriptions: list[tuple[Any, ...]] = []
        self.terms: list[tuple[Any, ...]] = []
        self.items: list[tuple[Any, ...]] = []
        self.windows: list[tuple[Any, ...]] = []
        self.events: list[SubscriptionStarted | SubscriptionCancelled] = []
        self.timelines: dict[UUID, dict[UUID, dict[date, Decimal]]] = {}

    def add(self, start: StartSubscription, plan: PublishedPlan, payer: Payer) -> UUID:
        """Take one in; its id.

        Raises:
            InvalidSubscriptionError: the plan has no price in the customer's currency; and what
                `schedule` and `chosen` refuse.
        """
        subscription_id = start.id or next(self._ids)
        number = number_of(subscription_id)
        today = self._today(payer.time_zone)
        planned = schedule(start, plan, payer, today)
        pairs = chosen(start, plan, payer.currency)
        one = _Started(subscription_id, start, plan, payer, planned)
        next_bill_on = self._add_items(one, pairs)
        self.subscriptions.append(
            (
                subscription_id,
                number,
                start.customer_id,
                plan.id,
                payer.currency,
                plan.cycle.value,
                plan.timing.value,
                payer.time_zone,
                start.start_on,
                planned.anchor_on,
                planned.end_on,
                planned.status.value,
                start.external_id,
                next_bill_on,
                self._now if start.is_cancelled else None,
                self._now,
                1,
            )
        )
        self.terms.append(_terms(start, payer, planned))
        self._announce(subscription_id, number, start, planned.end_on, today)
        return subscription_id

    def _add_items(
        self, one: _Started, pairs: Sequence[tuple[StartItem, PublishedComponent]]
    ) -> date | None:
        """Add the rows of the items and what they are worth a month; when it is billed first."""
        _, _, plan, payer, planned = one
        made: list[ItemWindow] = []
        worth: list[RecurringItem] = []
        is_plain = not planned.stretches
        for row, component in opening_items(pairs, plan, planned, self._ids):
            is_plain = is_plain and _in_step(component, plan, row.starts_on, row.ends_on)
            made.append(row)
            self._add_item(one.id, row)
            if component.kind is ComponentKind.RECURRING:
                worth.append(_worth(row, component, payer.currency))
        self._add_timeline(one, worth)
        return _first_bill(one, made, is_plain=is_plain)

    def _add_item(self, subscription_id: UUID, row: ItemWindow) -> None:
        self.items.append(
            (
                *(row.id, subscription_id, row.component_id, row.position, row.description),
                *(row.kind.value, row.quantity, row.agreed_price, row.starts_on, row.ends_on),
            )
        )
        self.windows.append((row.anchor_on, row.phase, row.percent_off, row.replaces_item_id))

    def _add_timeline(self, one: _Started, worth: list[RecurringItem]) -> None:
        subscription_id, start, plan, payer, planned = one
        changes = timeline(
            worth,
            cycle=plan.cycle,
            currency=payer.currency,
            start_on=planned.trial_end_on or start.start_on,
            end_on=planned.charged_until,
        )
        if changes:
            self.timelines.setdefault(start.customer_id, {})[subscription_id] = changes

    def _announce(
        self,
        subscription_id: UUID,
        number: str,
        start: StartSubscription,
        end_on: date | None,
        today: date,
    ) -> None:
        self.events.append(
            SubscriptionStarted(
                subscription_id=subscription_id,
                customer_id=start.customer_id,
                plan_version_id=start.plan_version_id,
                number=number,
                start_on=start.start_on,
                historical=start.start_on < today,
            )
        )
        if start.is_cancelled and end_on is not None:
            self.events.append(
                SubscriptionCancelled(
                    subscription_id=subscription_id,
                    customer_id=start.customer_id,
                    number=number,
                    end_on=end_on,
                    historical=end_on < today,
                )
            )


def _in_step(
    component: PublishedComponent, plan: PublishedPlan, starts_on: date | None, ends_on: date | None
) -> bool:
    """Whether it is billed in the plan's own rhythm from the first to the last day."""
    return (
        starts_on is None
        and ends_on is None
        and component.cycle is plan.cycle
        and component.timing is plan.timing
    )


def _worth(row: ItemWindow, component: PublishedComponent, currency: str) -> RecurringItem:
    return RecurringItem(
        period_amount(
            component,
            row.quantity,
            currency,
            agreed_price=row.agreed_price,
            percent_off=row.percent_off,
        ),
        row.starts_on,
        row.ends_on,
        row.cycle,
    )


def _first_bill(one: _Started, made: list[ItemWindow], *, is_plain: bool) -> date | None:
    _, start, plan, _, planned = one
    if not is_plain:
        days = Days(planned.anchor_on, start.start_on, planned.charged_until)
        return next_moment(rhythms(days, made), None)
    return next_bill(  # what `next_moment` would say, in a tenth of the time
        period_index(planned.anchor_on, plan.cycle, start.start_on),
        anchor_on=planned.anchor_on,
        cycle=plan.cycle,
        timing=plan.timing,
        start_on=start.start_on,
        end_on=planned.end_on,
    )


def _terms(start: StartSubscription, payer: Payer, planned: Schedule) -> tuple[Any, ...]:
    term = planned.term
    missing = planned.trial_without_method
    return (
        payer.payer_id,
        payer.group,
        None if term is None else term.months,
        None if term is None else term.ends_on,
        planned.renews,
        planned.trial_end_on,
        None if missing is None else missing.value,
        start.transferred_from_id,
    )
