"""Ending a subscription, with the fee that its plan asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.changes.service import standing_of
from dotmac_billing.lifecycle.service import LifecycleService
from dotmac_billing.lifecycle.wanted import Cancellation
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.pending.service import add_pending
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


async def cancel(session: AsyncSession, subscription_id: UUID, on: date | None) -> None:
    """End it on that day (the first not served), or with its present period.

    A plan without a term has a fee that is due whenever it is cancelled, once the trial is over;
    the fee of one with a term is that of early termination.

    Raises:
        SubscriptionNotFoundError, SubscriptionEndedError, InvalidCancellationError.
    """
    at = CancelAt.PERIOD_END if on is None else CancelAt.DATE
    made = await LifecycleService(session).cancel(subscription_id, Cancellation(at=at, on=on))
    standing = await standing_of(session, subscription_id)
    subscription = standing.subscription
    if subscription.term_end_on is not None or made.effective_on <= standing.charged_on:
        return
    plan = standing.holding.plans[subscription.plan_version_id]
    currency = subscription.currency
    fee = round_money(plan.termination_fee.get(currency, _NOTHING), currency)
    if not fee:
        return
    await add_pending(
        session,
        [
            NewPendingLine(
                customer_id=subscription.customer_id,
                subscription_id=subscription_id,
                kind=LineKind.FEE,
                description="Cancellation fee",
                quantity=Decimal(1),
                unit_price=fee,
                amount=fee,
                currency=currency,
                bill_from=made.effective_on,
            )
        ],
    )
