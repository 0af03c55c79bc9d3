"""Subscribers who use everything that a bill run has to put together, for tests of the run."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    Aggregation,
    ChargeModel,
    NewComponent,
    NewMeter,
    NewPayment,
    OpenCustomer,
    StartSubscription,
    UsageEvent,
    define_meter,
    ingest,
    open_customers,
    record_payments,
    start_subscriptions,
)
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind
from dotmac_billing.testing import metered, plan, tax
from dotmac_billing.usage.terms import LatePolicy
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.service import WalletService

GRADUATED = {
    "tiers": [{"up_to": "100", "unit_price": "0.07"}, {"up_to": None, "unit_price": "0.03"}]
}
STEP = timedelta(days=10)


async def everything(session: AsyncSession, count: int, *, since: date, events: int) -> None:
    """`count` customers who begin on days spread over a month.

    Each uses something every ten days and is taxed; every second has a coupon (for ever, for three
    invoices, or an amount that carries over), every third a wallet, every fourth has paid ahead.
    """
    codes = [f"C{n:05}" for n in range(count)]
    customers = (await open_customers(session, [OpenCustomer(code, code) for code in codes])).ids
    await _subscribe(session, [customers[code] for code in codes], since)
    await _use(session, codes, since, events)
    for n, code in enumerate(codes):
        await _redeem(session, customers[code], n)
        if n % 3 == 0:
            await _give(session, customers[code], Decimal(20 + n))
    await record_payments(
        session, [NewPayment(customers[code], Decimal(100), since) for code in codes[::4]]
    )


async def _subscribe(session: AsyncSession, customers: list[UUID], since: date) -> None:
    vat = await tax(session, rate="0.19")
    await define_meter(
        session,
        NewMeter(
            "units",
            "Units",
            Aggregation.SUM,
            late_policy=LatePolicy.NEXT_INVOICE,
            back_dating_days=366,
        ),
    )
    line = NewComponent("base", "Line", Decimal("33.33"), tax_code=vat)
    units = metered("units", ChargeModel.GRADUATED, GRADUATED, tax_code=vat)
    offer = await plan(session, components=[line, units])
    starts = [
        StartSubscription(customer, offer.id, since + timedelta(days=n % 28))
        for n, customer in enumerate(customers)
    ]
    await start_subscriptions(session, starts)


async def _use(session: AsyncSession, codes: list[str], since: date, events: int) -> None:
    noon = datetime(since.year, since.month, since.day, 12, tzinfo=UTC)
    reported = [
        UsageEvent(
            f"{code}-{nth}",
            "units",
            noon + timedelta(days=n % 28) + nth * STEP,
            customer=code,
            value=(7 * n + 13 * nth) % 90 + 1,
        )
        for n, code in enumerate(codes)
        for nth in range(events)
    ]
    for first in range(0, len(reported), 1000):
        result = await ingest(session, reported[first : first + 1000])
        assert not result.refused, result.refusals


async def _redeem(session: AsyncSession, customer: UUID, nth: int) -> None:
    service = CouponService(session)
    if nth == 0:
        percent, fixed = DiscountKind.PERCENT, DiscountKind.FIXED
        thrice, forever = DiscountDuration.REPEATING, DiscountDuration.FOREVER
        tenth = Decimal("0.1")
        for new in (
            NewCoupon("TENTH", "Tenth", percent, tenth, duration=forever),
            NewCoupon("THRICE", "Thrice", percent, 3 * tenth, duration=thrice, periods=3),
            NewCoupon("FIFTY", "Fifty", fixed, amounts={"EUR": Decimal(50)}, carries_over=True),
        ):
            await service.create(new)
    if nth % 2 == 0:
        code = ("TENTH", "THRICE", "FIFTY")[nth // 2 % 3]
        await service.redeem(Redemption(customer, code, starts_on=date(2026, 1, 1)))


async def _give(session: AsyncSession, customer: UUID, amount: Decimal) -> None:
    wallets = WalletService(session)
    wallet = await wallets.open(NewWallet(customer, "Gift"))
    await wallets.grant(wallet.id, NewGrant(amount))
