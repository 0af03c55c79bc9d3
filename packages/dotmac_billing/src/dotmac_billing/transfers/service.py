"""Handing a subscription over: it ends for one customer and goes on for another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import ChangeBehaviour
from dotmac_billing.changes.errors import InvalidChangeError, SubscriptionNotChangeableError
from dotmac_billing.changes.kinds import ChangeAt, ChangeKind, Invoicing
from dotmac_billing.changes.plan_of_change import ChangeMade, ItemRows, PlannedChange, item_rows
from dotmac_billing.changes.repository import ChangeRepository
from dotmac_billing.changes.service import ChangeWriter, standing_of
from dotmac_billing.changes.settlement import State
from dotmac_billing.changes.standing import Standing
from dotmac_billing.changes.timing import effective_on
from dotmac_billing.changes.wanted import When
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.subscriptions.events import SubscriptionTransferred
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.service import SubscriptionService, holding_of
from dotmac_billing.subscriptions.starting import StartSubscription
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.subscriptions.windows import ItemWindow, joined
from dotmac_core_events import EventPublisher
from dotmac_core_ops.database import clock_of, new_id

_OPEN = {SubscriptionStatus.PENDING, SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE}


@dataclass(frozen=True)
class Transferred:
    """The end of the old subscription, and the id of the new one."""

    made: ChangeMade
    subscription_id: UUID


async def transfer(
    session: AsyncSession,
    subscription_id: UUID,
    customer_id: UUID,
    *,
    on: date | None = None,
    invoicing: Invoicing = Invoicing.NEXT_INVOICE,
) -> Transferred:
    """Let another customer have the subscription from a day on (`on` None: today).

    The old one ends, and what its customer paid for later days is credited; a new one goes on with
    the same items, prices, phases, anchor and term, under the external id.

    Raises:
        SubscriptionNotFoundError, BillingCustomerNotFoundError: there is none.
        SubscriptionNotChangeableError: it is paused or has ended.
        InvalidChangeError: the same customer, another currency, or see `timing.py`.
    """
    standing = await _transferable(session, subscription_id, customer_id)
    subscription = standing.subscription
    day = _day(standing, on)
    agreed_end, external_id = subscription.end_on, subscription.external_id
    new_subscription_id = new_id()
    made = await ChangeWriter(session).make(
        standing,
        PlannedChange(
            kind=ChangeKind.TRANSFER,
            effective_on=day,
            items=standing.holding.items,
            invoicing=invoicing,
            at_once=_ended(standing, day, clock_of(session).now()),
            summary={"to": customer_id, "as": new_subscription_id},
        ),
    )
    start = StartSubscription(
        customer_id,
        subscription.plan_version_id,
        day,
        anchor_on=subscription.anchor_on,
        end_on=agreed_end,
        external_id=external_id,
        id=new_subscription_id,
        has_trial=False,
        transferred_from_id=subscription.id,
    )
    await SubscriptionService(session).start(start)
    await _take_over(session, standing, new_subscription_id, day)
    await _announce(session, standing, customer_id, made, new_subscription_id)
    return Transferred(made, new_subscription_id)


async def transfer_all(
    session: AsyncSession, from_customer_id: UUID, to_customer_id: UUID
) -> dict[UUID, UUID]:
    """Hand all that one customer subscribes to over to another, from today on; new ids by old.

    Invoices, payments and credit stay with the account that they were made for.

    Raises:
        SubscriptionNotChangeableError: one of them is paused: resume or cancel it before.
        InvalidChangeError: the other customer pays in another currency.
    """
    open_ids = await SubscriptionRepository(session).unended(from_customer_id)
    done = {each: await transfer(session, each, to_customer_id) for each in open_ids}
    return {old: made.subscription_id for old, made in done.items()}


async def _transferable(
    session: AsyncSession, subscription_id: UUID, customer_id: UUID
) -> Standing:
    subscriptions = SubscriptionRepository(session)
    found = await SubscriptionService(session).get(subscription_id)
    payers = await subscriptions.hold_payers({found.customer_id, customer_id})
    if customer_id not in payers:
        raise BillingCustomerNotFoundError(customer_id)
    standing = await standing_of(session, subscription_id)
    subscription = standing.subscription
    if subscription.status not in _OPEN:
        raise SubscriptionNotChangeableError(
            subscription.number, subscription.status.value, "it cannot be handed over."
        )
    if customer_id == subscription.customer_id:
        raise InvalidChangeError("It belongs to this customer.")
    if payers[customer_id].currency != subscription.currency:
        raise InvalidChangeError(
            "The customer pays in another currency.", currency=payers[customer_id].currency
        )
    return standing


async def _announce(
    session: AsyncSession,
    standing: Standing,
    customer_id: UUID,
    made: ChangeMade,
    new_subscription_id: UUID,
) -> None:
    subscription = standing.subscription
    await EventPublisher(session).publish(
        SubscriptionTransferred(
            subscription_id=subscription.id,
            customer_id=subscription.customer_id,
            number=subscription.number,
            new_subscription_id=new_subscription_id,
            new_customer_id=customer_id,
            on=made.effective_on,
        )
    )


def _ended(standing: Standing, day: date, at: datetime) -> dict[str, object]:
    fields: dict[str, object] = {
        "end_on": day,
        "cancelled_at": at,
        "cancel_reason": "transferred",
        "external_id": None,
    }
    if day <= standing.today:
        fields["status"] = SubscriptionStatus.CANCELLED
    return fields


def _day(standing: Standing, on: date | None) -> date:
    subscription = standing.subscription
    return effective_on(
        When(ChangeAt.NOW if on is None else ChangeAt.DATE, on),
        ChangeBehaviour.NOW_WITH_CREDIT,
        today=standing.today,
        start_on=subscription.start_on,
        end_on=subscription.end_on,
        renewal_on=standing.today,
    )


async def _take_over(
    session: AsyncSession, old: Standing, new_subscription_id: UUID, day: date
) -> None:
    """Give the new subscription the items, the trial and the term of the old one."""
    changes = ChangeRepository(session)
    new = await standing_of(session, new_subscription_id)
    subscription, before = new.subscription, old.subscription
    await changes.restore([], [], [item.id for item in new.holding.items])
    await changes.flush()
    items = joined([], (_copied(item, day) for item in old.holding.items if item.reaches(day)))
    items = [item for item in items if not (item.is_one_time and item.starts_on == day)]
    await changes.redraw({subscription.id: ItemRows([], [], item_rows([], items).added)})
    if before.trial_end_on is not None and day < before.trial_end_on:
        subscription.trial_end_on = before.trial_end_on
        subscription.trial_without_method = before.trial_without_method
        if day <= new.today:
            subscription.status = SubscriptionStatus.TRIALING
    subscription.term_months = before.term_months
    subscription.term_end_on = before.term_end_on
    subscription.renews = before.renews
    subscription.features = dict(before.features)
    is_held = subscription.is_held(has_payment_method=new.payer.has_payment_method)
    after = State(subscription.days(is_held=is_held), items)
    subscription.next_bill_on = after.first_moment(None)
    await ChangeWriter(session).log(new, await holding_of(session, subscription), after)
    await changes.flush()


def _copied(item: ItemWindow, day: date) -> ItemWindow:
    first = None if item.starts_on is None or item.starts_on <= day else item.starts_on
    return replace(
        item,
        id=new_id(),
        starts_on=first or (day if item.is_one_time else None),
        replaces_item_id=None,
    )
