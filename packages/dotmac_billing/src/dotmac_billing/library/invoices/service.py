"""Billing one subscription for a period."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import BillingTiming
from dotmac_billing.customer_bills.repository import CustomerBillRepository
from dotmac_billing.customer_bills.service import bill_due
from dotmac_billing.library.schemas import BillingPeriod
from dotmac_billing.runs.errors import BillRunTooFarAheadError
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_core_ops.database import clock_of

_DAY = timedelta(days=1)
_FURTHEST_AHEAD = timedelta(days=366)


def moments_of(subscription: Subscription, period: BillingPeriod) -> tuple[date, date]:
    """The first and the last day on which a subscription is billed for a period."""
    if subscription.timing is BillingTiming.ARREARS:
        return period.period_start + _DAY, period.period_end
    return period.period_start, period.period_end - _DAY


async def bill_period(
    session: AsyncSession, subscription_id: UUID, period: BillingPeriod
) -> tuple[list[UUID], tuple[date, date]]:
    """Issue everything of a subscription up to the end of a period, as the bill run would.

    The invoices in the order of their moments, and the days on which the period is billed. What it
    shares an invoice with is billed too.

    Raises:
        SubscriptionNotFoundError: there is none.
        BillRunTooFarAheadError: the period ends more than a year ahead.
        DomainError: it cannot be billed.
    """
    subscription = await SubscriptionService(session).get(subscription_id)
    moments = moments_of(subscription, period)
    through = moments[1]
    latest = clock_of(session).today(subscription.time_zone) + _FURTHEST_AHEAD
    if through > latest:
        raise BillRunTooFarAheadError(through, latest)
    payer_id = subscription.payer_id or subscription.customer_id
    repository = CustomerBillRepository(session)
    await repository.hold(payer_id)
    group = subscription.invoice_group
    due = [
        one
        for one in await repository.due(payer_id, through)
        if one.id == subscription_id or (group is not None and one.invoice_group == group)
    ]
    issued = await bill_due(session, due, through, ("subscription", subscription_id))
    return issued, moments
