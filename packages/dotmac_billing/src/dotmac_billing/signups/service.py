"""Starting subscriptions with coupons: both or neither, and the same thing as a preview."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.invoicing.service import preview
from dotmac_billing.signups.wanted import SignUp
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.service import SubscriptionService


class SignUpService:
    """Subscriptions to be, of the tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def start(self, wanted: SignUp) -> Subscription:
        """Start the subscription and redeem its coupons, which its first invoice then shows.

        A coupon that cannot be redeemed refuses the whole start.

        Raises:
            CouponNotFoundError: no coupon has one of the codes.
            CouponNotRedeemableError: one is closed, used up, named twice or not for this plan.
            BillingCustomerNotFoundError, PlanNotFoundError and the others: see
                `SubscriptionService.subscribe`.
        """
        subscription = await SubscriptionService(self._session).subscribe(
            wanted.customer_id,
            wanted.plan_id,
            plan_version_id=wanted.plan_version_id,
            start_on=wanted.start_on,
            anchor_on=wanted.anchor_on,
            end_on=wanted.end_on,
            items=wanted.items,
            external_id=wanted.external_id,
            has_trial=wanted.has_trial,
            term_months=wanted.term_months,
            renews=wanted.renews,
        )
        coupons = CouponService(self._session)
        for code in wanted.coupon_codes:
            await coupons.redeem(Redemption(wanted.customer_id, code, subscription.id))
        return subscription

    async def preview(self, wanted: SignUp, periods: int) -> Sequence[Draft]:
        """The first `periods` invoices that it would get (fewer when it ends); nothing is written.

        It is the start itself, undone afterwards, so that it cannot differ from it.

        Raises:
            CouponNotFoundError and the others: see `start`.
            TaxRateMissingError and the others: see `assemble`.
        """
        undone = await self._session.begin_nested()
        try:
            subscription = await self.start(wanted)
            return await preview(self._session, subscription.id, periods=periods)
        finally:
            await undone.rollback()
