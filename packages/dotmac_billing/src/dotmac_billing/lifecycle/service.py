"""Pausing, resuming, cancelling, winning back and withdrawing what is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import ChangeBehaviour
from dotmac_billing.changes.edits import pinned
from dotmac_billing.changes.errors import InvalidChangeError, SubscriptionNotChangeableError
from dotmac_billing.changes.kinds import ChangeKind, Invoicing
from dotmac_billing.changes.plan_of_change import ChangeMade, CreditMode, PlannedChange
from dotmac_billing.changes.repository import ChangeRepository
from dotmac_billing.changes.service import ChangeWriter, standing_of
from dotmac_billing.changes.standing import Standing
from dotmac_billing.changes.timing import effective_on, renewal
from dotmac_billing.changes.wanted import When
from dotmac_billing.customers.service import CustomerService
from dotmac_billing.lifecycle.pausing import restored, resumed
from dotmac_billing.lifecycle.termination import termination_fee
from dotmac_billing.lifecycle.wanted import Cancellation, Pause
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.cancellation import CancelAt, billed_until, end_of
from dotmac_billing.subscriptions.errors import SubscriptionEndedError
from dotmac_billing.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionPaused,
    SubscriptionResumed,
)
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.subscriptions.windows import ItemWindow, without
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.months import add_months

_ENDED = {SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED}


class LifecycleService:
    """What ends, interrupts and takes up again a subscription."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._writer = ChangeWriter(session)
        self._changes = ChangeRepository(session)
        self._clock = clock_of(session)

    async def pause(self, subscription_id: UUID, pause: Pause) -> ChangeMade:
        """Neither serve nor charge it from a day on; its anchor stays.

        Raises:
            SubscriptionNotFoundError: there is none.
            SubscriptionNotChangeableError: it is not active, or a pause is arranged already.
            InvalidChangeError: it is to be resumed before it is paused; or see `timing.py`.
        """
        standing = await standing_of(self._session, subscription_id)
        subscription = standing.subscription
        is_active = subscription.status is SubscriptionStatus.ACTIVE
        if not is_active or subscription.paused_on is not None:
            raise _refused(subscription, "it cannot be paused.")
        day = _day(standing, When(pause.at, pause.on))
        if pause.resume_on is not None and pause.resume_on <= day:
            raise InvalidChangeError("It is resumed after it is paused.", on=pause.resume_on)
        items = without(standing.holding.items, day, pause.resume_on, subscription.start_on)
        is_over = pause.resume_on is not None and pause.resume_on <= standing.today
        made = await self._writer.make(
            standing,
            PlannedChange(
                kind=ChangeKind.PAUSE,
                effective_on=day,
                items=items,
                credit=CreditMode.PRORATED if pause.with_credit else CreditMode.NONE,
                invoicing=pause.invoicing,
                at_once={} if is_over else {"paused_on": day, "resume_on": pause.resume_on},
                then={} if is_over else {"status": SubscriptionStatus.PAUSED},
                summary={"resume_on": pause.resume_on},
            ),
        )
        await self._publish(
            SubscriptionPaused(**_named(subscription), paused_on=day, resume_on=pause.resume_on)
        )
        return made

    async def resume(
        self,
        subscription_id: UUID,
        on: date | None = None,
        invoicing: Invoicing = Invoicing.NEXT_INVOICE,
    ) -> ChangeMade:
        """Serve and charge a paused subscription again, from today or a later day on.

        What it had before the pause goes on, with the anchor it had.

        Raises:
            SubscriptionNotFoundError: there is none.
            SubscriptionNotChangeableError: it is not paused.
            InvalidChangeError: the day is before the pause or in the past.
        """
        standing = await standing_of(self._session, subscription_id)
        subscription = standing.subscription
        pause = await self._changes.latest(subscription_id, ChangeKind.PAUSE)
        paused_on = subscription.paused_on
        if paused_on is None:
            raise _refused(subscription, "it is not paused.")
        day = max(standing.today, paused_on) if on is None else on
        if day < max(standing.today, paused_on):
            raise InvalidChangeError("It is resumed today or later.", on=day)
        again_on = subscription.resume_on
        if again_on is not None and day >= again_on:
            raise InvalidChangeError("It is resumed on that day anyway.", on=again_on)
        if standing.is_held or pause is None:  # paused by the end of its trial
            standing.is_held = False
            items = without(standing.holding.items, paused_on, day, subscription.start_on)
        else:
            before = restored(standing.holding.items, pause.undo["ended"])
            items = resumed(standing.holding.items, before, day, again_on)
        goes_on = day <= standing.today
        fields: dict[str, Any] = {"resume_on": day}
        if goes_on:
            fields = {"paused_on": None, "resume_on": None, "status": SubscriptionStatus.ACTIVE}
        made = await self._writer.make(
            standing,
            PlannedChange(
                kind=ChangeKind.RESUME,
                effective_on=day,
                items=items,
                invoicing=invoicing,
                at_once={**fields, **_caught_up(standing, day)},
                summary={"paused_on": paused_on},
            ),
        )
        await self._publish(SubscriptionResumed(**_named(subscription), resume_on=day))
        return made

    async def cancel(self, subscription_id: UUID, wanted: Cancellation) -> ChangeMade:
        """End it, with or without a refund of what was paid for days not served any more.

        Raises:
            SubscriptionNotFoundError: there is none.
            SubscriptionEndedError: it has ended, or was cancelled before.
            InvalidCancellationError: it cannot end on that day.
        """
        standing = await standing_of(self._session, subscription_id)
        subscription, today = standing.subscription, standing.today
        if not subscription.is_open:
            raise SubscriptionEndedError(subscription.number, subscription.end_on)
        end_on = _end(standing, wanted)
        fields: dict[str, Any] = {
            "end_on": end_on,
            "cancelled_at": self._clock.now(),
            "cancel_reason": wanted.reason,
            "access_until": wanted.access_until,
        }
        if end_on <= max(today, subscription.start_on):
            fields["status"] = SubscriptionStatus.CANCELLED
        made = await self._writer.make(
            standing,
            PlannedChange(
                kind=ChangeKind.CANCEL,
                effective_on=end_on,
                items=standing.holding.items,
                credit=wanted.refund,
                invoicing=wanted.invoicing,
                at_once=fields,
                fees=_fees(standing, wanted, end_on),
                summary={"reason": wanted.reason, "refund": wanted.refund},
            ),
        )
        await self._publish(SubscriptionCancelled(**_named(subscription), end_on=end_on))
        return made

    async def reactivate(
        self,
        subscription_id: UUID,
        on: date | None = None,
        invoicing: Invoicing = Invoicing.NEXT_INVOICE,
    ) -> ChangeMade:
        """Win back a subscription that has ended: what it had goes on, its cycle begins anew.

        Raises:
            SubscriptionNotFoundError: there is none.
            SubscriptionNotChangeableError: it has not ended.
            InvalidChangeError: the day is not today.
        """
        standing = await standing_of(self._session, subscription_id)
        subscription = standing.subscription
        ended_on = subscription.end_on
        if subscription.status not in _ENDED or ended_on is None:
            raise _refused(subscription, "only one that has ended is won back.")
        day = on or standing.today
        if not ended_on <= day <= standing.today:
            raise InvalidChangeError("It goes on between its end and today.", on=day)
        items = _again(standing, ended_on, day)
        months = subscription.term_months
        made = await self._writer.make(
            standing,
            PlannedChange(
                kind=ChangeKind.REACTIVATE,
                effective_on=day,
                items=items,
                credit=CreditMode.NONE,
                invoicing=invoicing,
                at_once={
                    "end_on": None,
                    "cancelled_at": None,
                    "cancel_reason": None,
                    "access_until": None,
                    "anchor_on": day,
                    "status": SubscriptionStatus.ACTIVE,
                    "term_end_on": None if months is None else add_months(day, months),
                },
                summary={"ended_on": ended_on},
            ),
        )
        await self._publish(SubscriptionResumed(**_named(subscription), resume_on=day))
        return made

    async def set_renewal(self, subscription_id: UUID, *, renews: bool) -> Subscription:
        """Let the term go on when it is over, or let the subscription end with it.

        Raises:
            SubscriptionNotFoundError: there is none.
            SubscriptionNotChangeableError: it has no term, or its end is arranged otherwise.
        """
        standing = await standing_of(self._session, subscription_id)
        subscription = standing.subscription
        term_end_on = subscription.term_end_on
        ends = {None, term_end_on}
        if term_end_on is None or not subscription.is_open or subscription.end_on not in ends:
            raise _refused(subscription, "it has no term that could renew.")
        before = {"renews": subscription.renews, "end_on": subscription.end_on}
        subscription.renews = renews
        subscription.end_on = None if renews else term_end_on
        after = standing.state
        subscription.next_bill_on = after.first_moment(subscription.billed_on)
        subscription.version += 1
        await self._writer.log(standing, standing.holding, after)
        await record(
            self._session,
            action="subscriptions.renewal",
            target=("subscription", subscription.id),
            before=before,
            after={"renews": renews, "end_on": subscription.end_on},
        )
        return subscription

    async def note_payment_method(self, customer_id: UUID, *, has: bool) -> None:
        """Note whether the customer has left a way to pay; trials that waited for it go on.

        Raises:
            BillingCustomerNotFoundError: there is no such customer.
        """
        customer = await CustomerService(self._session).get(customer_id)
        if customer.has_payment_method is has:
            return
        customer.has_payment_method = has
        await self._changes.flush()
        await record(
            self._session,
            action="billing_customers.payment_method",
            target=("billing_customer", customer_id),
            after={"has_payment_method": has},
        )
        for subscription_id in await SubscriptionRepository(self._session).trials(customer_id):
            standing = await standing_of(self._session, subscription_id)
            after = standing.state
            subscription = standing.subscription
            subscription.next_bill_on = after.first_moment(subscription.billed_on)
            await self._writer.log(standing, standing.holding, after)

    async def _publish(
        self, event: SubscriptionPaused | SubscriptionResumed | SubscriptionCancelled
    ) -> None:
        await EventPublisher(self._session).publish(event)


def _named(subscription: Subscription) -> dict[str, Any]:
    return {
        "subscription_id": subscription.id,
        "customer_id": subscription.customer_id,
        "number": subscription.number,
    }


def _refused(subscription: Subscription, problem: str) -> SubscriptionNotChangeableError:
    return SubscriptionNotChangeableError(subscription.number, subscription.status.value, problem)


def _day(standing: Standing, when: When) -> date:
    subscription = standing.subscription
    return effective_on(
        when,
        ChangeBehaviour.NOW_WITH_CREDIT,
        today=standing.today,
        start_on=subscription.start_on,
        end_on=subscription.end_on,
        renewal_on=renewal(
            subscription.anchor_on,
            subscription.cycle,
            standing.today,
            trial_end_on=subscription.trial_end_on,
        ),
    )


def _caught_up(standing: Standing, day: date) -> Mapping[str, object]:
    """What lies before `day` is billed: nothing was due while it was not served."""
    state = standing.state
    billed_on = standing.subscription.billed_on
    if day > standing.today or state.first_moment(billed_on) is not None:
        return {}
    return {"billed_on": day if billed_on is None else max(billed_on, day)}


def _again(standing: Standing, ended_on: date, day: date) -> list[ItemWindow]:
    """All items, and those that held to the end again from `day` on, which they are anchored to."""
    subscription, known = standing.subscription, {item.id for item in standing.holding.items}
    items = without(
        pinned(standing.holding.items, subscription.anchor_on),
        *(ended_on, day, subscription.start_on),
    )
    return [
        item if item.id in known or item.is_one_time else _anchored(item, day) for item in items
    ]


def _anchored(item: ItemWindow, day: date) -> ItemWindow:
    return replace(item, anchor_on=day)


def _end(standing: Standing, wanted: Cancellation) -> date:
    """The first day not served. With a refund it may lie in days that were billed."""
    subscription = standing.subscription
    trial_end_on = subscription.trial_end_on
    if wanted.at is CancelAt.PERIOD_END and trial_end_on and standing.today < trial_end_on:
        return trial_end_on
    billed = billed_until(
        subscription.anchor_on, subscription.cycle, subscription.timing, subscription.billed_on
    )
    return end_of(
        wanted.at,
        wanted.on,
        today=standing.today,
        start_on=subscription.start_on,
        anchor_on=subscription.anchor_on,
        cycle=subscription.cycle,
        billed_until=billed if wanted.refund is CreditMode.NONE else None,
        end_on=subscription.end_on,
    )


def _fees(standing: Standing, wanted: Cancellation, end_on: date) -> list[NewPendingLine]:
    subscription = standing.subscription
    plan = standing.holding.plans[subscription.plan_version_id]
    if end_on <= standing.charged_on:  # it ends within its trial, or before it begins
        return []
    amount = termination_fee(
        plan,
        subscription.currency,
        wanted.fee,
        end_on=end_on,
        term_end_on=subscription.term_end_on,
        term_starts_on=standing.charged_on,
        term_months=subscription.term_months,
    )
    if not amount:
        return []
    return [
        NewPendingLine(
            customer_id=subscription.customer_id,
            subscription_id=subscription.id,
            kind=LineKind.FEE,
            description="Early termination",
            quantity=Decimal(1),
            unit_price=amount,
            amount=amount,
            currency=subscription.currency,
            bill_from=end_on,
        )
    ]
