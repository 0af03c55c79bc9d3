"""The rows, changes of revenue and facts that come of subscriptions that start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.mrr.monthly import timeline
from dotmac_billing.subscriptions.errors import InvalidSubscriptionError
from dotmac_billing.subscriptions.events import SubscriptionCancelled, SubscriptionStarted
from dotmac_billing.subscriptions.starting import (
    Payer,
    StartSubscription,
    chosen,
    number_of,
    recurring,
    schedule,
)
from dotmac_core_ops.database import new_ids


def _fresh_ids() -> Iterator[UUID]:
    # In blocks, much cheaper than one by one; small ones first, for a single subscription.
    size = 4
    while True:
        yield from new_ids(size)
        size = min(2 * size, 256)


class StartedRows:
    """Collects what is to be written, each row in the order of the repository's columns.

    Plain tuples, because there may be thousands of them and each goes straight into a COPY.
    """

    def __init__(self, *, now: datetime, today: Callable[[str], date]) -> None:
        self._now = now
        self._today = today
        self._ids = _fresh_ids()
        self.subscriptions: list[tuple[Any, ...]] = []
        self.items: list[tuple[Any, ...]] = []
        self.events: list[SubscriptionStarted | SubscriptionCancelled] = []
        self.timelines: dict[UUID, dict[UUID, dict[date, Decimal]]] = {}

    def add(self, start: StartSubscription, plan: PublishedPlan, payer: Payer) -> UUID:
        """Take one in; its id.

        Raises:
            InvalidSubscriptionError: plan and customer have different currencies; and what
                `schedule` and `chosen` refuse.
        """
        if plan.currency != payer.currency:
            raise InvalidSubscriptionError(
                f"The customer pays in {payer.currency}, the plan is in {plan.currency}.",
                customer_id=str(start.customer_id),
            )
        subscription_id = start.id or next(self._ids)
        number = number_of(subscription_id)
        today = self._today(payer.time_zone)
        planned = schedule(start, plan, today)
        self.subscriptions.append(
            (
                subscription_id,
                number,
                start.customer_id,
                plan.id,
                plan.currency,
                plan.cycle.value,
                plan.timing.value,
                payer.time_zone,
                start.start_on,
                planned.anchor_on,
                planned.end_on,
                planned.status.value,
                start.external_id,
                planned.next_period,
                planned.next_bill_on,
                self._now if start.is_cancelled else None,
                self._now,
                1,
            )
        )
        self._add_items(subscription_id, start, plan, planned.end_on)
        self._announce(subscription_id, number, start, planned.end_on, today)
        return subscription_id

    def _add_items(
        self,
        subscription_id: UUID,
        start: StartSubscription,
        plan: PublishedPlan,
        end_on: date | None,
    ) -> None:
        pairs = chosen(start, plan)
        for position, (item, component) in enumerate(pairs, start=1):
            self.items.append(
                (
                    next(self._ids),
                    subscription_id,
                    component.id,
                    position,
                    item.description or component.name,
                    component.kind.value,
                    item.quantity,
                    item.agreed_price,
                    item.starts_on,
                    item.ends_on,
                )
            )
        changes = timeline(
            recurring(pairs),
            cycle=plan.cycle,
            currency=plan.currency,
            start_on=start.start_on,
            end_on=end_on,
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
