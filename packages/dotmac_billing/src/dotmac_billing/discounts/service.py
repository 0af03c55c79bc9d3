"""What can be done with discounts: make coupons, redeem and revoke them, have invoices use them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.discounts.applicability import require_component, require_plan
from dotmac_billing.discounts.applied import Redeemed, Use
from dotmac_billing.discounts.coupon import (
    NewCoupon,
    Redeemer,
    canonical,
    require_redeemable,
    require_sound,
)
from dotmac_billing.discounts.errors import (
    CouponCodeTakenError,
    CouponNotFoundError,
    InvalidCouponError,
    RedemptionNotFoundError,
)
from dotmac_billing.discounts.events import CouponRedeemed, CouponRevoked
from dotmac_billing.discounts.models import Coupon, CouponRedemption
from dotmac_billing.discounts.preview import CouponPreview, preview
from dotmac_billing.discounts.repository import CouponRepository, DiscountRepository
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id


async def redeemed_by(
    session: AsyncSession,
    customer_ids: Collection[UUID],
    subscription_ids: Collection[UUID],
    *,
    hold: bool = False,
) -> dict[UUID, list[Redeemed]]:
    """What the customers (for all of theirs) and the subscriptions have redeemed, by customer.

    Two queries, and a third if there is anything. What is for a subscription stands under the
    customer who redeemed it, even where another one pays. With `hold` nobody else uses any of it
    until the transaction ends; hold the customers and subscriptions first.
    """
    found: dict[UUID, list[Redeemed]] = {}
    for one in await DiscountRepository(session).redeemed(
        customer_ids, subscription_ids, hold=hold
    ):
        found.setdefault(one.customer_id, []).append(one)
    return found


async def count_uses(session: AsyncSession, uses: Sequence[Use]) -> None:
    """Remember what redemptions took off invoices; set-wise, an invoice once for a redemption.

    The redemptions must be held. The invoices need not be written yet.
    """
    if uses:
        await DiscountRepository(session).count(uses)


async def give_back_uses(session: AsyncSession, invoice_id: UUID) -> None:
    """Let redemptions be used again for what they took off an invoice; once, when it is made void.

    The invoice's customer must be held.
    """
    await DiscountRepository(session).give_back(invoice_id)


@dataclass(frozen=True)
class CouponChange:
    """New values of what may change of a coupon; None keeps the old."""

    name: str | None = None
    closes_on: date | None = None
    most_redemptions: int | None = None
    most_per_customer: int | None = None


@dataclass(frozen=True)
class Redemption:
    """A wish to redeem: for one subscription, one component, or for all that the customer has.

    `starts_on` None is the day of the subscription's first bill if it was never billed, else today.
    """

    customer_id: UUID
    code: str
    subscription_id: UUID | None = None
    component: str | None = None
    starts_on: date | None = None


class CouponService:
    """The coupons of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._coupons = CouponRepository(session)
        self._subscriptions = SubscriptionRepository(session)
        self._clock = clock_of(session)

    async def get(self, coupon_id: UUID, *, locked: bool = False) -> Coupon:
        """The coupon of that id; with `locked`, nobody redeems or changes it meanwhile.

        Raises:
            CouponNotFoundError: there is none.
        """
        coupon = await self._coupons.find(coupon_id, locked=locked)
        if coupon is None:
            raise CouponNotFoundError(coupon_id)
        return coupon

    async def create(self, new: NewCoupon) -> Coupon:
        """Let there be a coupon that can be redeemed.

        Raises:
            InvalidCouponError, InvalidCurrencyError: see `coupon.py`; or a plan does not exist.
            CouponCodeTakenError: another one has the code.
        """
        require_sound(new)
        code = canonical(new.code)
        if await self._coupons.find_code(code) is not None:
            raise CouponCodeTakenError(code)
        known = {
            plan_id
            for plan_id in new.plan_ids
            if await CatalogRepository(self._session).plan(plan_id) is not None
        }
        if known != set(new.plan_ids):
            raise InvalidCouponError("There is no such plan.", "plan_ids")
        coupon = _coupon(new, code)
        coupon.created_at = self._clock.now()
        await self._coupons.add(coupon)
        await record(
            self._session,
            action="coupons.create",
            target=("coupon", coupon.id),
            after={"code": code, "kind": coupon.kind.value, "duration": coupon.duration.value},
        )
        return coupon

    async def change(self, coupon: Coupon, change: CouponChange) -> Coupon:
        """Put new values in place; what it takes off stays as it is.

        Raises:
            InvalidCouponError: a limit below 1.
        """
        new = {name: value for name, value in vars(change).items() if value is not None}
        for name in ("most_redemptions", "most_per_customer"):
            if new.get(name, 1) < 1:
                raise InvalidCouponError("A limit is at least 1.", name)
        before = {name: getattr(coupon, name) for name in new}
        for name, value in new.items():
            setattr(coupon, name, value)
        coupon.version += 1
        await record(
            self._session,
            action="coupons.change",
            target=("coupon", coupon.id),
            before=before,
            after=new,
        )
        return coupon

    async def archive(self, coupon_id: UUID) -> Coupon:
        """Let it not be redeemed any more. Who has redeemed it keeps it. Twice is once.

        Raises:
            CouponNotFoundError: there is none.
        """
        coupon = await self.get(coupon_id, locked=True)
        if coupon.archived_at is None:
            coupon.archived_at = self._clock.now()
            coupon.version += 1
            await record(
                self._session,
                action="coupons.archive",
                target=("coupon", coupon_id),
                after={"archived_at": coupon.archived_at},
            )
        return coupon

    async def redeem(self, wanted: Redemption) -> tuple[CouponRedemption, Coupon]:
        """Let a customer have a coupon; of several at once, no more than its limits allow.

        Raises:
            CouponNotFoundError: no coupon has the code.
            CouponNotRedeemableError: not now, not for them, or not for this subscription.
            BillingCustomerNotFoundError, SubscriptionNotFoundError: there is none of theirs.
        """
        payers = await self._subscriptions.hold_payers([wanted.customer_id])
        if wanted.customer_id not in payers:
            raise BillingCustomerNotFoundError(wanted.customer_id)
        payer = payers[wanted.customer_id]
        subscription = await self._subscription(wanted)
        coupon = await self._coupons.find_code(canonical(wanted.code), locked=True)
        if coupon is None:
            raise CouponNotFoundError(wanted.code)
        currency = payer.currency if subscription is None else subscription.currency
        today = self._clock.today(payer.time_zone)
        await self._require_allowed(coupon, wanted, currency, today)
        await self._require_applicable(coupon, wanted, subscription)
        redemption = CouponRedemption(
            id=new_id(),
            coupon_id=coupon.id,
            customer_id=wanted.customer_id,
            subscription_id=wanted.subscription_id,
            component_code=wanted.component,
            currency=currency,
            starts_on=wanted.starts_on or _start(subscription, today),
            ends_on=coupon.ends_on,
            uses=0,
            uses_left=coupon.first_uses,
            taken_off=Decimal(0),
            amount_left=coupon.first_amount(currency),
            is_live=True,
            redeemed_at=self._clock.now(),
        )
        coupon.redemptions += 1
        await self._coupons.add(redemption)
        await self._announce(redemption, coupon)
        return redemption, coupon

    async def revoke(
        self, customer_id: UUID, redemption_id: UUID
    ) -> tuple[CouponRedemption, Coupon]:
        """Let the customer's invoices from now on be without it.

        Raises:
            RedemptionNotFoundError: the customer has no such redemption.
            RedemptionRevokedError: it is revoked already.
        """
        await self._subscriptions.hold_payers([customer_id])
        redemption = await self._coupons.redemption(redemption_id)
        if redemption is None or redemption.customer_id != customer_id:
            raise RedemptionNotFoundError(redemption_id)
        redemption.revoke(self._clock.now())
        await self._coupons.flush()
        coupon = await self.get(redemption.coupon_id)
        await record(
            self._session,
            action="coupons.revoke",
            target=("coupon_redemption", redemption_id),
            after={"code": coupon.code, "customer_id": customer_id},
        )
        await EventPublisher(self._session).publish(
            CouponRevoked(
                redemption_id=redemption_id,
                coupon_id=coupon.id,
                code=coupon.code,
                customer_id=customer_id,
                subscription_id=redemption.subscription_id,
            )
        )
        return redemption, coupon

    async def preview(
        self,
        code: str,
        plan_id: UUID,
        *,
        version_id: UUID | None = None,
        quantities: Mapping[str, Decimal] | None = None,
        currency: str | None = None,
    ) -> CouponPreview:
        """What the coupon would take off a full period of the plan, for somebody new, today.

        Raises:
            CouponNotFoundError, PlanNotFoundError, PlanNotAvailableError: there is none.
            CouponNotRedeemableError: nobody can redeem it today, or not in this currency.
        """
        coupon = await self._coupons.find_code(canonical(code))
        if coupon is None:
            raise CouponNotFoundError(code)
        today = self._clock.today((await settings_of(self._session)).time_zone)
        plan = await CatalogService(self._session).offered(plan_id, today, version_id)
        currency = currency or plan.currency
        who = Redeemer(currency, redemptions=0, has_it_already=False, was_invoiced=False)
        require_redeemable(coupon.limits, who, today)
        redeemed = [coupon.as_redeemed(currency, today)]
        return preview(plan, quantities or {}, redeemed, today, currency)

    async def _subscription(self, wanted: Redemption) -> Subscription | None:
        if wanted.subscription_id is None:
            return None
        found = await self._subscriptions.find(wanted.subscription_id)
        if found is None or wanted.customer_id not in (found.customer_id, found.payer_id):
            raise SubscriptionNotFoundError(wanted.subscription_id)
        return found

    async def _require_allowed(
        self, coupon: Coupon, wanted: Redemption, currency: str, today: date
    ) -> None:
        before = await self._coupons.redeemed_before(coupon.id, wanted.customer_id)
        target = (wanted.subscription_id, wanted.component)
        who = Redeemer(
            currency=currency,
            redemptions=len(before),
            has_it_already=any(
                one.is_live and (one.subscription_id, one.component_code) == target
                for one in before
            ),
            was_invoiced=coupon.first_time_only
            and await self._coupons.was_invoiced(wanted.customer_id),
        )
        require_redeemable(coupon.limits, who, today)

    async def _require_applicable(
        self, coupon: Coupon, wanted: Redemption, subscription: Subscription | None
    ) -> None:
        require_component(wanted.component, coupon.component_codes, coupon.code)
        if subscription is None or not (coupon.plan_ids or wanted.component):
            return
        version_id = subscription.plan_version_id
        plan = (await CatalogRepository(self._session).published([version_id]))[version_id]
        require_plan(plan, coupon.plan_ids, wanted.component, coupon.code)

    async def _announce(self, redemption: CouponRedemption, coupon: Coupon) -> None:
        await record(
            self._session,
            action="coupons.redeem",
            target=("coupon_redemption", redemption.id),
            after={"code": coupon.code, "customer_id": redemption.customer_id},
        )
        await EventPublisher(self._session).publish(
            CouponRedeemed(
                redemption_id=redemption.id,
                coupon_id=coupon.id,
                code=coupon.code,
                customer_id=redemption.customer_id,
                subscription_id=redemption.subscription_id,
                starts_on=redemption.starts_on,
            )
        )


def _start(subscription: Subscription | None, today: date) -> date:
    if subscription is None or subscription.billed_on is not None:
        return today
    return min(today, subscription.start_on)


def _coupon(new: NewCoupon, code: str) -> Coupon:
    return Coupon(
        id=new_id(),
        code=code,
        name=new.name,
        kind=new.kind,
        percent_off=new.percent_off,
        amounts={currency: str(amount) for currency, amount in new.amounts.items()},
        tiers=[[str(tier.above), str(tier.percent_off)] for tier in new.tiers],
        duration=new.duration,
        periods=new.periods,
        carries_over=new.carries_over,
        priority=new.priority,
        plan_ids=[str(plan_id) for plan_id in new.plan_ids],
        component_codes=list(new.component_codes),
        currencies=list(new.currencies),
        minimums={currency: str(amount) for currency, amount in new.minimums.items()},
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        ends_on=new.ends_on,
        most_redemptions=new.most_redemptions,
        most_per_customer=new.most_per_customer,
        first_time_only=new.first_time_only,
        redemptions=0,
        version=1,
    )
