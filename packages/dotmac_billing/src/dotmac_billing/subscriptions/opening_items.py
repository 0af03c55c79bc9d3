"""The items that a subscription begins with: what was chosen, cut by the phases of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import Alignment, BillingCycle
from dotmac_billing.subscriptions.alignment import anchor
from dotmac_billing.subscriptions.days import later, until
from dotmac_billing.subscriptions.phases import ALWAYS, windows
from dotmac_billing.subscriptions.schedule import Schedule
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_billing.subscriptions.windows import ItemWindow

_PLAIN = [ALWAYS]


def opening_items(
    pairs: Sequence[tuple[StartItem, PublishedComponent]],
    plan: PublishedPlan,
    planned: Schedule,
    ids: Iterator[UUID],
) -> Iterator[tuple[ItemWindow, PublishedComponent]]:
    """Each window of each item with its component, in their order.

    `pairs` is what was `chosen`, `ids` gives each window the next id.
    """
    position = 0
    for item, component in pairs:
        previous: UUID | None = None
        for window in windows(component, planned.stretches) if planned.stretches else _PLAIN:
            position += 1
            row = ItemWindow(
                next(ids),
                component.id,
                position,
                item.description or component.name,
                component.kind,
                item.quantity,
                component.cycle,
                component.timing,
                item.agreed_price,
                later(item.starts_on, window.starts_on),
                until(item.ends_on, window.ends_on),
                _own_anchor(plan, component, planned),
                window.phase,
                window.percent_off,
                previous,
            )
            previous = row.id
            yield row, component


def _own_anchor(
    plan: PublishedPlan, component: PublishedComponent, planned: Schedule
) -> date | None:
    """Weeks of a calendar plan begin on Mondays, whatever its months are counted from."""
    if plan.alignment is Alignment.ANNIVERSARY or component.cycle is not BillingCycle.WEEKLY:
        return None
    return anchor(plan.alignment, component.cycle, planned.anchor_on)
