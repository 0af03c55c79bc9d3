"""Which usage can be billed while its period is running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.catalog.terms import BillingTiming
from dotmac_billing.subscriptions.moments import Days, Due, Rhythm, charging, next_moment, rhythms
from dotmac_billing.subscriptions.periods import Period
from dotmac_billing.usage.terms import Aggregation

GROWING = frozenset({Aggregation.COUNT, Aggregation.SUM, Aggregation.MAX, Aggregation.UNIQUE_COUNT})
"""What only grows while it is used. An average or a level is known when its period is over."""

_DAY = timedelta(days=1)


def running(
    subscription: DueSubscription,
    items: Sequence[BilledItem],
    today: date,
    aggregations: Mapping[str, Aggregation],
) -> list[Due[BilledItem]]:
    """The metered items of the running periods, from their first day up to and including `today`.

    Left out is what is billed by a meter that does not only grow, and periods that are billed.
    """
    found = rhythms(Days(subscription.anchor_on, subscription.start_on, subscription.end_on), items)
    return [
        due._replace(part=Period(due.part.start, min(due.part.end, today + _DAY)))
        for rhythm in found
        if rhythm.timing is BillingTiming.ARREARS and not _is_billed(rhythm, subscription, today)
        for due in charging([rhythm], today)
        if due.item.priced.is_metered
        and aggregations.get(due.item.priced.component.meter or "") in GROWING
    ]


def _is_billed(rhythm: Rhythm[BilledItem], subscription: DueSubscription, today: date) -> bool:
    moment = next_moment([rhythm], today)
    return moment is None or (
        subscription.billed_on is not None and moment <= subscription.billed_on
    )
