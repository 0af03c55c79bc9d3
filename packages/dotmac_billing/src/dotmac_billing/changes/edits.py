"""How a wanted change redraws the items of a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from dotmac_billing.catalog.add_ons import goes_with
from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind
from dotmac_billing.changes.errors import (
    InvalidChangeError,
    ItemAmbiguousError,
    ItemNotFoundError,
)
from dotmac_billing.changes.wanted import AddItems, SetItem, Target, WantedItems
from dotmac_billing.subscriptions.days import until
from dotmac_billing.subscriptions.errors import UnknownComponentError
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.starting import MOST_ITEMS, StartItem, require_chargeable
from dotmac_billing.subscriptions.windows import ItemWindow, joined, lineage, redrawn
from dotmac_core_ops.database import new_id

_ONE = Decimal(1)


def target_of(
    holding: Holding, items: Sequence[ItemWindow], target: Target, day: date
) -> ItemWindow:
    """The item that is meant, of those that hold on `day` or begin later.

    Raises:
        ItemNotFoundError: there is none.
        ItemAmbiguousError: there are several of the component.
    """
    reaching = [item for item in items if item.reaches(day) and not item.is_one_time]
    if target.item_id is not None:
        found = [item for item in reaching if item.id == target.item_id]
    else:
        of_code = [item for item in reaching if holding.component(item).code == target.component]
        found = [item for item in of_code if item.holds(day)] or of_code[:1]
    if not found:
        raise ItemNotFoundError(str(target))
    if len(found) > 1:
        raise ItemAmbiguousError(str(target))
    return found[0]


def edited(
    holding: Holding,
    wanted: WantedItems,
    added: Sequence[tuple[AddItems, PublishedPlan]],
    day: date,
    first_days: tuple[date, date],
) -> list[ItemWindow]:
    """All items after the wanted changes from `day` on.

    `first_days` are the subscription's first day and the first that it may be charged for. What is
    set or removed is so for good: also in phases and changes that lie ahead.

    Raises:
        ItemNotFoundError, ItemAmbiguousError: see `target_of`.
        InvalidSubscriptionError, UnknownComponentError: what is wanted cannot be charged.
    """
    start_on, charged_on = first_days
    items: list[ItemWindow] = list(holding.items)
    for change in wanted.set:
        item = target_of(holding, items, change.target, day)
        _require(holding, item, change)
        chosen = {one.id for one in lineage(items, item)}
        items = redrawn(items, chosen, day, start_on, partial(_set, change=change))
    for target in wanted.remove:
        chosen = {one.id for one in lineage(items, target_of(holding, items, target, day))}
        items = redrawn(items, chosen, day, start_on, None)
    for more, plan in added:
        items = joined(items, new_items(plan, more.items, holding.currency, max(day, charged_on)))
    if sum(item.reaches(day) for item in items) > MOST_ITEMS:
        raise InvalidChangeError(f"A subscription has at most {MOST_ITEMS} items.")
    return items


def _require(holding: Holding, item: ItemWindow, change: SetItem) -> None:
    after = _set(item, change)
    wanted = StartItem(holding.component(item).code, after.quantity, after.agreed_price)
    require_chargeable(wanted, holding.component(item), holding.currency)


def _set(item: ItemWindow, change: SetItem) -> ItemWindow:
    quantity = item.quantity if change.quantity is None else change.quantity
    price = item.agreed_price if change.agreed_price is None else change.agreed_price
    return replace(item, quantity=quantity, agreed_price=None if change.at_list_price else price)


def new_items(
    plan: PublishedPlan,
    wanted: Sequence[StartItem],
    currency: str,
    starts_on: date,
    *,
    anchor_on: date | None = None,
) -> list[ItemWindow]:
    """Items of a plan from a day on; every component but usage-free set-up fees when () is wanted.

    Raises:
        UnknownComponentError: the plan has no component of that code.
        InvalidSubscriptionError: an item could not be charged.
    """
    chosen = wanted or [StartItem(one.code) for one in plan.components]
    found = []
    for item in chosen:
        component = plan.component(item.component)
        if component is None:
            raise UnknownComponentError(item.component, plan.code)
        require_chargeable(item, component, currency)
        found.append(_new_item(item, component, starts_on, anchor_on))
    return found


def _new_item(
    item: StartItem, component: PublishedComponent, starts_on: date, anchor_on: date | None
) -> ItemWindow:
    first = starts_on if item.starts_on is None else max(starts_on, item.starts_on)
    return ItemWindow(
        new_id(),
        component.id,
        0,
        item.description or component.name,
        component.kind,
        item.quantity,
        component.cycle,
        component.timing,
        item.agreed_price,
        first,
        until(item.ends_on),
        anchor_on,
    )


def of_plan(holding: Holding, plan: PublishedPlan, day: date) -> list[ItemWindow]:
    """The items from `day` on that the change to `plan` ends.

    Those of the present plan, and of add-ons that cannot be had with the new one.
    """
    return [
        item
        for item in holding.items
        if item.reaches(day)
        and not item.is_one_time
        and not (holding.plan_of(item).is_add_on and goes_with(holding.plan_of(item), plan))
    ]


def swapped(
    holding: Holding,
    plan: PublishedPlan,
    wanted: Sequence[StartItem],
    day: date,
    first_days: tuple[date, date],
    *,
    anchor_on: date | None = None,
) -> list[ItemWindow]:
    """All items after a change to `plan` from `day` on; `anchor_on` restarts the new ones' cycle.

    Raises:
        UnknownComponentError, InvalidSubscriptionError: see `new_items`.
    """
    start_on, charged_on = first_days
    ending = of_plan(holding, plan, day)
    kept = {holding.component(item).code: item for item in reversed(ending)}
    items = redrawn(holding.items, {item.id for item in ending}, day, start_on, None)
    chosen = list(wanted) or [_carried(one, kept.get(one.code)) for one in _usual(plan)]
    new = [
        replace(item, replaces_item_id=old.id)
        if (old := kept.get(_code(plan, item.component_id)))
        else item
        for item in new_items(
            plan, chosen, holding.currency, max(day, charged_on), anchor_on=anchor_on
        )
    ]
    return joined(items, new)


def _usual(plan: PublishedPlan) -> Iterable[PublishedComponent]:
    return (one for one in plan.components if one.kind is not ComponentKind.ONE_TIME)


def _carried(component: PublishedComponent, old: ItemWindow | None) -> StartItem:
    is_counted = old is not None and component.model is not ChargeModel.FLAT
    return StartItem(component.code, old.quantity if old and is_counted else _ONE)


def _code(plan: PublishedPlan, component_id: UUID) -> str:
    return next(one.code for one in plan.components if one.id == component_id)


def pinned(items: Iterable[ItemWindow], anchor_on: date) -> list[ItemWindow]:
    """The items with the anchor that they had from their subscription as their own."""
    return [
        item if item.anchor_on is not None else replace(item, anchor_on=anchor_on) for item in items
    ]
