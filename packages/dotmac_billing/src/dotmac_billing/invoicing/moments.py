"""Which moments are billed when it is not a run that asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from dotmac_billing.assembly.decision import Bill, Moment
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.subscriptions.moments import Days, due_at, next_moment, rhythms


def bills_at_once(
    subscriptions: Sequence[DueSubscription], today: Mapping[UUID, date]
) -> list[Bill]:
    """A moment today, on which no item is due, for what waits; one invoice for each payer."""
    return [
        Bill(
            subscription._replace(invoice_group=subscription.payer_id),
            [Moment(today[subscription.id], [])],
            subscription.next_bill_on,
        )
        for subscription in subscriptions
    ]


def next_moments(
    subscription: DueSubscription, items: Sequence[BilledItem], count: int
) -> date | None:
    """The last of the next `count` moments on which anything is charged; None without any."""
    found = rhythms(Days(subscription.anchor_on, subscription.start_on, subscription.end_on), items)
    on, last = subscription.next_bill_on, None
    while on is not None and count > 0:
        if any(due_at(found, on)):
            last, count = on, count - 1
        on = next_moment(found, on)
    return last
