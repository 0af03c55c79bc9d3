"""Starting and cancelling subscriptions, one or many at a time, on the same path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.errors import PlanNotFoundError
from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.mrr.service import log_of
from dotmac_billing.subscriptions.cancellation import CancelAt, billed_until, end_of
from dotmac_billing.subscriptions.errors import (
    ExternalIdTakenError,
    SubscriptionNotFoundError,
)
from dotmac_billing.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionRenewed,
    TrialEnding,
)
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.passing_time import fact_of, next_term_end
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.starting import (
    Payer,
    StartItem,
    StartSubscription,
    SubscriptionsStarted,
)
from dotmac_billing.subscriptions.writing import StartedRows
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, copy_tables


async def start_subscriptions(
    session: AsyncSession, rows: Iterable[StartSubscription]
) -> SubscriptionsStarted:
    """Start every row whose external id billing does not know yet; the others are counted.

    The number of statements does not depend on the number of rows. Movements of monthly revenue,
    one fact each and one audit entry for all are written in the same transaction.

    Raises:
        BillingCustomerNotFoundError, PlanNotFoundError: a row names one that does not exist.
        InvalidSubscriptionError, UnknownComponentError: see `starting.py`.
    """
    return await SubscriptionService(session).start_many(list(rows))


async def roll_subscriptions(session: AsyncSession) -> int:
    """Let states follow time in each subscription's own zone; how many changed.

    Subscriptions begin, end, go on after a pause; trials and terms are over, and the end of a trial
    is announced three days ahead. A constant number of statements, however many there are.
    """
    repository, now = SubscriptionRepository(session), clock_of(session).now()
    warned = [
        TrialEnding(
            subscription_id=row["id"],
            customer_id=row["customer_id"],
            number=row["number"],
            trial_end_on=row["trial_end_on"],
            has_payment_method=row["has_payment_method"],
        )
        for row in await repository.warn_of_trials(now)
    ]
    moved = await repository.roll(now)
    terms = await repository.terms_over(now)
    renewed = []
    for row in terms:
        end = next_term_end(row["base"], row["term_end_on"], row["term_months"], row["today"])
        renewed.append((row["id"], end))
    if renewed:
        await repository.renew(renewed)
    facts = [
        SubscriptionRenewed(
            subscription_id=row["id"],
            customer_id=row["customer_id"],
            number=row["number"],
            renewed_on=row["term_end_on"],
            term_end_on=end,
        )
        for row, (_, end) in zip(terms, renewed, strict=True)
    ]
    changed = [fact for row in moved if (fact := fact_of(dict(row))) is not None]
    if warned or facts or changed:
        await EventPublisher(session).publish_many([*warned, *facts, *changed])
    return len(moved) + len(renewed)


async def holding_of(session: AsyncSession, subscription: Subscription) -> Holding:
    """The subscription's items, past and future ones too, with the plans they are of."""
    return (await holdings_of(session, [subscription]))[subscription.id]


async def holdings_of(
    session: AsyncSession, subscriptions: Collection[Subscription]
) -> dict[UUID, Holding]:
    """What each of the subscriptions holds, by their ids, in two queries."""
    found = await SubscriptionRepository(session).windows([one.id for one in subscriptions])
    versions = {
        one.id: {one.plan_version_id, *(version_id for version_id, _ in found.get(one.id, ()))}
        for one in subscriptions
    }
    plans = await CatalogRepository(session).published(set().union(*versions.values()))
    return {
        one.id: Holding(
            [item for _, item in found.get(one.id, ())],
            {version_id: plans[version_id] for version_id in versions[one.id]},
            one.currency,
        )
        for one in subscriptions
    }


class SubscriptionService:
    """The agreements of the tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._subscriptions = SubscriptionRepository(session)
        self._catalog = CatalogRepository(session)
        self._clock = clock_of(session)

    async def get(self, subscription_id: UUID) -> Subscription:
        """The subscription of that id.

        Raises:
            SubscriptionNotFoundError: there is none.
        """
        subscription = await self._subscriptions.find(subscription_id)
        if subscription is None:
            raise SubscriptionNotFoundError(subscription_id)
        return subscription

    async def subscribe(
        self,
        customer_id: UUID,
        plan_id: UUID,
        *,
        plan_version_id: UUID | None = None,
        start_on: date | None = None,
        anchor_on: date | None = None,
        end_on: date | None = None,
        items: tuple[StartItem, ...] = (),
        external_id: str | None = None,
        has_trial: bool = True,
        term_months: int | None = None,
        renews: bool | None = None,
    ) -> Subscription:
        """Let a customer subscribe to what a plan offers today, or to one version of it.

        `start_on` None is today in the customer's zone.

        Raises:
            PlanNotAvailableError: the plan is retired, or not available yet.
            PlanNotFoundError: no such plan, or no such version of it.
            ExternalIdTakenError and the others: see `start`.
        """
        payers = await self._subscriptions.hold_payers([customer_id])
        if customer_id not in payers:
            raise BillingCustomerNotFoundError(customer_id)
        today = self._clock.today(payers[customer_id].time_zone)
        version = await CatalogService(self._session).offered(plan_id, today, plan_version_id)
        return await self.start(
            StartSubscription(
                customer_id=customer_id,
                plan_version_id=version.id,
                start_on=start_on or today,
                items=items,
                anchor_on=anchor_on,
                end_on=end_on,
                external_id=external_id,
                has_trial=has_trial,
                term_months=term_months,
                renews=renews,
            )
        )

    async def start(self, start: StartSubscription) -> Subscription:
        """Start one subscription.

        Raises:
            ExternalIdTakenError: another subscription has the external id.
            BillingCustomerNotFoundError and the others: see `start_subscriptions`.
        """
        result = await self.start_many([start])
        if not result.started:
            raise ExternalIdTakenError(str(start.external_id))
        return await self.get(result.ids[0])

    async def start_many(self, starts: Sequence[StartSubscription]) -> SubscriptionsStarted:
        """See `start_subscriptions`."""
        payers = await self._payers(starts)
        plans = await self._plans(starts)
        known = await self._known(starts)
        rows = StartedRows(now=self._clock.now(), today=cache(self._clock.today))
        ids = []
        for start in starts:
            subscription_id = known.get(start.external_id) if start.external_id else None
            if subscription_id is None:
                subscription_id = rows.add(
                    start, plans[start.plan_version_id], payers[start.customer_id]
                )
                if start.external_id:
                    known[start.external_id] = subscription_id
            ids.append(subscription_id)
        if rows.subscriptions:
            currencies = {customer_id: payer.currency for customer_id, payer in payers.items()}
            log = await log_of(self._session, rows.timelines, currencies)
            await self._subscriptions.add(rows, log)
            await EventPublisher(self._session).publish_many(rows.events)
            await self._remember(rows)
        started = len(rows.subscriptions)
        return SubscriptionsStarted(started, len(starts) - started, tuple(ids))

    async def cancel(
        self, subscription_id: UUID, at: CancelAt, *, on: date | None = None
    ) -> Subscription:
        """Arrange the end of a subscription; see `cancellation.py` for the day it ends on.

        In arrears, the last part of a period is billed by the day. In advance, what was billed
        stays billed and nothing is credited.

        Raises:
            SubscriptionNotFoundError: there is none.
            SubscriptionEndedError: it has ended, or was cancelled before.
            InvalidCancellationError: it cannot end on that day.
        """
        # First the customer, then the subscription: the order of `start_many`.
        found = await self.get(subscription_id)
        payers = await self._subscriptions.hold_payers([found.customer_id])
        subscription = await self._subscriptions.find(subscription_id, locked=True)
        assert subscription is not None  # nothing deletes subscriptions
        today = self._clock.today(subscription.time_zone)
        end_on = _end(subscription, at, on, today)
        before = {"end_on": subscription.end_on, "status": subscription.status.value}
        holding = await holding_of(self._session, subscription)
        subscription.end(end_on, at=self._clock.now(), today=today, items=holding.items)
        await self._log_end(subscription, holding, payers[subscription.customer_id])
        await record(
            self._session,
            action="subscriptions.cancel",
            target=("subscription", subscription.id),
            before=before,
            after={"end_on": end_on, "status": subscription.status.value},
        )
        await EventPublisher(self._session).publish(
            SubscriptionCancelled(
                subscription_id=subscription.id,
                customer_id=subscription.customer_id,
                number=subscription.number,
                end_on=end_on,
            )
        )
        return subscription

    async def _log_end(self, subscription: Subscription, holding: Holding, payer: Payer) -> None:
        changes = holding.timeline(
            holding.items,
            subscription.trial_end_on or subscription.start_on,
            subscription.end_on,
        )
        customer_id = subscription.customer_id
        log = await log_of(
            self._session,
            {customer_id: {subscription.id: changes}},
            {customer_id: payer.currency},
        )
        await copy_tables(self._session, [log])

    async def _payers(self, starts: Sequence[StartSubscription]) -> Mapping[UUID, Payer]:
        wanted = {start.customer_id for start in starts}
        payers = await self._subscriptions.hold_payers(wanted)
        for customer_id in wanted - payers.keys():
            raise BillingCustomerNotFoundError(customer_id)
        return payers

    async def _plans(self, starts: Sequence[StartSubscription]) -> Mapping[UUID, PublishedPlan]:
        wanted = {start.plan_version_id for start in starts}
        plans = await self._catalog.published(wanted)
        for plan_version_id in wanted - plans.keys():
            raise PlanNotFoundError(plan_version_id)
        return plans

    async def _known(self, starts: Sequence[StartSubscription]) -> dict[str, UUID]:
        wanted = {start.external_id for start in starts if start.external_id}
        return await self._subscriptions.by_external_id(wanted) if wanted else {}

    async def _remember(self, rows: StartedRows) -> None:
        first = rows.subscriptions[0]
        if len(rows.subscriptions) == 1:
            subscription_id, number, customer_id = first[:3]
            target: tuple[str, UUID | str] = ("subscription", subscription_id)
            after: dict[str, object] = {"number": number, "customer_id": customer_id}
        else:
            target, after = ("subscription", "many"), {"subscriptions": len(rows.subscriptions)}
        await record(self._session, action="subscriptions.start", target=target, after=after)


def _end(subscription: Subscription, at: CancelAt, on: date | None, today: date) -> date:
    billed = billed_until(
        subscription.anchor_on, subscription.cycle, subscription.timing, subscription.billed_on
    )
    return end_of(
        at,
        on,
        today=today,
        start_on=subscription.start_on,
        anchor_on=subscription.anchor_on,
        cycle=subscription.cycle,
        billed_until=billed,
        end_on=subscription.end_on,
    )
