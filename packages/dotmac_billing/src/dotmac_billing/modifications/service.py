"""Changing what is subscribed to: items, plans, and changes that are still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.add_ons import goes_with
from dotmac_billing.catalog.change_rules import ChangeRule, rule_for
from dotmac_billing.catalog.change_rules import direction as direction_of
from dotmac_billing.catalog.errors import PlanNotFoundError
from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.catalog.terms import ChangeBehaviour, ChangeDirection
from dotmac_billing.changes.edits import edited, pinned, swapped, target_of
from dotmac_billing.changes.errors import InvalidChangeError, SubscriptionNotChangeableError
from dotmac_billing.changes.kinds import ChangeKind
from dotmac_billing.changes.plan_of_change import ChangeMade, CreditMode, PlannedChange
from dotmac_billing.changes.service import (
    ChangeWriter,
    Previewed,
    previewed,
    standing_of,
    standings_of,
)
from dotmac_billing.changes.standing import Standing
from dotmac_billing.changes.timing import effective_on, renewal
from dotmac_billing.changes.wanted import AddItems, WantedItems, WantedPlan, When
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.subscriptions.windows import ItemWindow, current
from dotmac_core_ops.errors import DomainError

_CHANGEABLE = {
    SubscriptionStatus.PENDING,
    SubscriptionStatus.TRIALING,
    SubscriptionStatus.ACTIVE,
}
_RULES = {
    ChangeBehaviour.NOW_WITH_CREDIT: (CreditMode.PRORATED, True),
    ChangeBehaviour.NOW_WITHOUT_CREDIT: (CreditMode.NONE, False),
    ChangeBehaviour.AT_RENEWAL: (CreditMode.PRORATED, True),
    ChangeBehaviour.RESTART_CYCLE: (CreditMode.PRORATED, True),
}


class ModificationService:
    """Changes of items and plans, now, in the past or ahead."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._writer = ChangeWriter(session)
        self._catalog = CatalogRepository(session)

    async def change_items(
        self, subscription_id: UUID, wanted: WantedItems, when: When
    ) -> ChangeMade:
        """Set quantities and prices, add and remove items, together and from one day on.

        Raises:
            SubscriptionNotFoundError, PlanNotFoundError: there is none.
            SubscriptionNotChangeableError: it is paused or has ended.
            ItemNotFoundError, ItemAmbiguousError, InvalidChangeError: see `edits.py`, `timing.py`.
            InvalidSubscriptionError, UnknownComponentError: an item could not be charged.
        """
        standing = await _changeable(self._session, subscription_id)
        added = [(more, await self._add_on(standing, more)) for more in wanted.add]
        if not (wanted.set or added or wanted.remove):
            raise InvalidChangeError("Nothing is to be changed.")
        behaviour = when.behaviour or ChangeBehaviour.NOW_WITH_CREDIT
        if behaviour is ChangeBehaviour.RESTART_CYCLE:
            raise InvalidChangeError("Only a change of plan restarts the cycle.")
        day = _day(standing, when, behaviour, _renewal_of(standing, wanted))
        items = edited(standing.holding, wanted, added, day, standing.first_days)
        plans = {plan.id: plan for _, plan in added}
        credit, charges_rest = _RULES[behaviour]
        return await self._writer.make(
            standing,
            PlannedChange(
                kind=_kind(wanted),
                effective_on=day,
                items=items,
                credit=credit,
                charges_rest=charges_rest,
                invoicing=when.invoicing,
                behaviour=behaviour,
                direction=_direction(standing, items, plans, day),
                plans=plans,
                summary=_said(wanted),
            ),
        )

    async def change_plan(
        self, subscription_id: UUID, wanted: WantedPlan, when: When
    ) -> ChangeMade:
        """Change to another plan, or another version of the present one.

        Without a behaviour the catalogue's change rules decide. Phases of the new plan do not begin
        anew; what it charges in its last phase holds.

        Raises:
            SubscriptionNotFoundError, PlanNotFoundError: there is none.
            SubscriptionNotChangeableError: it is paused or has ended.
            InvalidChangeError: the plan is an add-on; or see `timing.py`.
            InvalidSubscriptionError, UnknownComponentError: an item could not be charged.
        """
        result = (await self.change_plans({subscription_id: (wanted, when)}))[subscription_id]
        if isinstance(result, DomainError):
            raise result
        return result

    async def change_plans(
        self, wanted: Mapping[UUID, tuple[WantedPlan, When]]
    ) -> dict[UUID, ChangeMade | DomainError]:
        """Change plans of many subscriptions, with one number of statements for all.

        By subscription what `change_plan` returns or raises for it. One that is refused holds up
        no other.
        """
        standings = await standings_of(self._session, wanted)
        plans = await self._catalog.published({plan.plan_version_id for plan, _ in wanted.values()})
        rules = await self._catalog.change_rules()
        refused: dict[UUID, ChangeMade | DomainError] = {}
        planned = []
        for subscription_id, (plan, when) in wanted.items():
            try:
                if subscription_id not in standings:
                    raise SubscriptionNotFoundError(subscription_id)
                if plan.plan_version_id not in plans:
                    raise PlanNotFoundError(plan.plan_version_id)
                standing = standings[subscription_id]
                _require_changeable(standing)
                to = plans[plan.plan_version_id]
                planned.append((standing, _planned(standing, to, plan.items, when, rules)))
            except DomainError as refusal:
                refused[subscription_id] = refusal
        return {**await self._writer.make_all(planned), **refused}

    async def preview_items(
        self, subscription_id: UUID, wanted: WantedItems, when: When
    ) -> Previewed:
        """What `change_items` would come to; nothing is written."""
        return await previewed(
            self._session,
            subscription_id,
            lambda: self.change_items(subscription_id, wanted, when),
        )

    async def preview_plan(
        self, subscription_id: UUID, wanted: WantedPlan, when: When
    ) -> Previewed:
        """What `change_plan` would come to; nothing is written."""
        return await previewed(
            self._session,
            subscription_id,
            lambda: self.change_plan(subscription_id, wanted, when),
        )

    async def _plan(self, version_id: UUID) -> PublishedPlan:
        found = await self._catalog.published([version_id])
        if version_id not in found:
            raise PlanNotFoundError(version_id)
        return found[version_id]

    async def _add_on(self, standing: Standing, more: AddItems) -> PublishedPlan:
        """The plan that items are added of.

        Raises:
            PlanNotFoundError: there is none.
            InvalidChangeError: it does not go with the subscription's plan.
        """
        present = standing.holding.plans[standing.subscription.plan_version_id]
        if more.plan_version_id in {None, present.id}:
            if not more.items:
                raise InvalidChangeError("Name the components of the plan that are to be added.")
            return present
        assert more.plan_version_id is not None
        plan = await self._plan(more.plan_version_id)
        if not goes_with(plan, present):
            raise InvalidChangeError(
                f"{plan.code!r} cannot be added to {present.code!r}.", plan=plan.code
            )
        return plan


async def _changeable(session: AsyncSession, subscription_id: UUID) -> Standing:
    standing = await standing_of(session, subscription_id)
    _require_changeable(standing)
    return standing


def _require_changeable(standing: Standing) -> None:
    subscription = standing.subscription
    if subscription.status not in _CHANGEABLE:
        raise SubscriptionNotChangeableError(
            subscription.number, subscription.status.value, "its items cannot be changed."
        )


def _planned(
    standing: Standing,
    plan: PublishedPlan,
    wanted: Sequence[StartItem],
    when: When,
    tenants_rules: Sequence[ChangeRule],
) -> PlannedChange:
    if plan.is_add_on:
        raise InvalidChangeError("An add-on is added, not changed to.", plan=plan.code)
    subscription, holding = standing.subscription, standing.holding
    present = holding.plans[subscription.plan_version_id]
    trial = swapped(holding, plan, wanted, standing.today, standing.first_days)
    direction = _direction(standing, trial, {plan.id: plan}, standing.today)
    rule = rule_for([*present.change_rules, *tenants_rules], present, plan, direction)
    behaviour = when.behaviour or rule.behaviour
    ends = renewal(
        subscription.anchor_on,
        subscription.cycle,
        max(standing.today, subscription.start_on),
        trial_end_on=subscription.trial_end_on,
    )
    day = _day(standing, when, behaviour, ends)
    restarts = behaviour is ChangeBehaviour.RESTART_CYCLE
    anchor_on = max(day, standing.charged_on) if restarts else None
    items = swapped(holding, plan, wanted, day, standing.first_days, anchor_on=anchor_on)
    then: dict[str, Any] = {
        "plan_version_id": plan.id,
        "cycle": plan.cycle,
        "timing": plan.timing,
    }
    if anchor_on is not None:
        items = pinned(items, subscription.anchor_on)
        then["anchor_on"] = anchor_on
    credit, charges_rest = _RULES[behaviour]
    return PlannedChange(
        kind=ChangeKind.PLAN,
        effective_on=day,
        items=items,
        credit=credit,
        charges_rest=charges_rest,
        invoicing=when.invoicing,
        behaviour=behaviour,
        direction=direction,
        then=then,
        plans={plan.id: plan},
        summary={"from": present.code, "to": plan.code, "version": plan.version},
    )


def _day(standing: Standing, when: When, behaviour: ChangeBehaviour, renewal_on: date) -> date:
    subscription = standing.subscription
    return effective_on(
        when,
        behaviour,
        today=standing.today,
        start_on=subscription.start_on,
        end_on=subscription.end_on,
        renewal_on=renewal_on,
    )


def _renewal_of(standing: Standing, wanted: WantedItems) -> date:
    """The end of the period of the first item that is set or removed, else of the plan's."""
    subscription = standing.subscription
    today = max(standing.today, subscription.start_on)
    anchor_on, cycle = subscription.anchor_on, subscription.cycle
    targets = [*(one.target for one in wanted.set), *wanted.remove]
    if targets:
        item = target_of(standing.holding, standing.holding.items, targets[0], today)
        anchor_on, cycle = item.anchor_on or anchor_on, item.cycle
    return renewal(anchor_on, cycle, today, trial_end_on=subscription.trial_end_on)


def _direction(
    standing: Standing,
    items: Sequence[ItemWindow],
    plans: dict[UUID, PublishedPlan],
    day: date,
) -> ChangeDirection:
    """Up or down, by what a month costs on `day`, or on the first charged day if that is later."""
    holding = standing.holding
    after = type(holding)(items, {**holding.plans, **plans}, holding.currency)
    day = max(day, standing.charged_on)
    return direction_of(
        holding.monthly(current(holding.items, day)), after.monthly(current(items, day))
    )


def _kind(wanted: WantedItems) -> ChangeKind:
    if wanted.add:
        return ChangeKind.ADD_ITEM
    if wanted.remove:
        return ChangeKind.REMOVE_ITEM
    if all(one.quantity is None for one in wanted.set):
        return ChangeKind.PRICE
    return ChangeKind.QUANTITY


def _said(wanted: WantedItems) -> dict[str, object]:
    said: dict[str, object] = {}
    if wanted.set:
        said["set"] = [
            {
                "item": str(one.target),
                "quantity": None if one.quantity is None else str(one.quantity),
                "agreed_price": None if one.agreed_price is None else str(one.agreed_price),
            }
            for one in wanted.set
        ]
    if wanted.remove:
        said["remove"] = [str(one) for one in wanted.remove]
    if wanted.add:
        said["add"] = [
            {"component": item.component, "quantity": str(item.quantity)}
            for more in wanted.add
            for item in more.items
        ] or [str(more.plan_version_id) for more in wanted.add]
    return said
