"""Making and redeeming coupons, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.discounts.applied import Redeemed, Use
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.errors import (
    CouponCodeTakenError,
    CouponNotFoundError,
    CouponNotRedeemableError,
    InvalidCouponError,
    RedemptionNotFoundError,
    RedemptionRevokedError,
)
from dotmac_billing.discounts.service import (
    CouponChange,
    CouponService,
    Redemption,
    count_uses,
    redeemed_by,
)
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind, VolumeTier
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.money import InvalidCurrencyError
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)  # of the test's clock
TOMORROW = TODAY + timedelta(1)
EUROS = {"EUR": Decimal("30.00")}


def new_coupon(code: str = "WELCOME", **more: Any) -> NewCoupon:  # noqa: ANN401 (any field of it)
    if not {"kind", "percent_off"} & more.keys():
        more["percent_off"] = Decimal("0.1")
    return NewCoupon(code, f"{code} discount", **{"kind": DiscountKind.PERCENT, **more})


async def redeemed(
    session: AsyncSession,
    customer: UUID,
    code: str,
    **more: Any,  # noqa: ANN401 (any field of a redemption)
) -> UUID:
    redemption, _ = await CouponService(session).redeem(Redemption(customer, code, **more))
    return redemption.id


async def live(session: AsyncSession, customer: UUID, *subscriptions: UUID) -> list[Redeemed]:
    found: Mapping[UUID, list[Redeemed]] = await redeemed_by(session, [customer], subscriptions)
    return found.get(customer, [])


async def test_a_coupon_is_redeemed_whatever_the_capitals(session: AsyncSession) -> None:
    await CouponService(session).create(new_coupon("Welcome", most_redemptions=5))
    customer = await payer(session)

    redemption = await redeemed(session, customer, " weLCome ")

    (one,) = await live(session, customer)
    assert (one.id, one.code, one.value, one.uses_left) == (
        redemption,
        "WELCOME",
        Decimal("0.1"),
        1,
    )
    assert one.starts_on == TODAY


async def test_a_code_is_taken_once(session: AsyncSession) -> None:
    await CouponService(session).create(new_coupon("welcome"))

    with pytest.raises(CouponCodeTakenError):
        await CouponService(session).create(new_coupon("WELCOME"))


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"code": "two words"}, "code"),
        ({"code": ""}, "code"),
        ({"percent_off": Decimal(0)}, "percent_off"),
        ({"percent_off": Decimal("1.1")}, "percent_off"),
        ({"percent_off": Decimal("0.0000001")}, "percent_off"),
        ({"kind": DiscountKind.PERCENT}, "percent_off"),
        ({"kind": DiscountKind.FIXED}, "amounts"),
        ({"kind": DiscountKind.FIXED, "amounts": {"EUR": Decimal("0.001")}}, "amounts"),
        ({"kind": DiscountKind.FIXED, "amounts": {"EUR": Decimal(-1)}}, "amounts"),
        ({"kind": DiscountKind.FIXED, "amounts": EUROS, "percent_off": Decimal(1)}, "percent_off"),
        ({"kind": DiscountKind.FIXED, "amounts": EUROS, "currencies": ("EUR",)}, "currencies"),
        ({"kind": DiscountKind.VOLUME}, "tiers"),
        ({"kind": DiscountKind.VOLUME, "tiers": (VolumeTier(Decimal(1), Decimal(2)),)}, "tiers"),
        ({"kind": DiscountKind.VOLUME, "tiers": (VolumeTier(Decimal(-1), Decimal(1)),)}, "tiers"),
        (
            {"kind": DiscountKind.VOLUME, "tiers": (VolumeTier(Decimal(1), Decimal("0.5")),) * 2},
            "tiers",
        ),
        ({"duration": DiscountDuration.REPEATING}, "periods"),
        ({"duration": DiscountDuration.REPEATING, "periods": 0}, "periods"),
        ({"periods": 3}, "periods"),
        ({"carries_over": True}, "carries_over"),
        (
            {
                "kind": DiscountKind.FIXED,
                "amounts": EUROS,
                "carries_over": True,
                "duration": DiscountDuration.FOREVER,
            },
            "carries_over",
        ),
        ({"minimums": {"EUR": Decimal(0)}}, "minimums"),
        ({"most_redemptions": 0}, "most_redemptions"),
        ({"most_per_customer": 0}, "most_per_customer"),
        ({"opens_on": TODAY, "closes_on": TODAY}, "closes_on"),
        ({"opens_on": TODAY, "ends_on": TODAY}, "ends_on"),
        ({"plan_ids": (new_id(),)}, "plan_ids"),
    ],
)
async def test_a_coupon_that_contradicts_itself_is_refused(
    session: AsyncSession, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidCouponError) as refusal:
        await CouponService(session).create(new_coupon(**terms))

    assert refusal.value.details == {"field": field}


async def test_a_coupon_of_no_currency_is_refused(session: AsyncSession) -> None:
    with pytest.raises(InvalidCurrencyError):
        await CouponService(session).create(new_coupon(currencies=("XXX",)))


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"opens_on": TOMORROW}, "not_open_yet"),
        ({"closes_on": TODAY}, "closed"),
        ({"ends_on": TODAY}, "closed"),
        ({"currencies": ("USD", "CHF")}, "wrong_currency"),
        (
            {"kind": DiscountKind.FIXED, "amounts": {"USD": Decimal(5)}},
            "wrong_currency",
        ),
        ({"component_codes": ("sauna",)}, "not_applicable"),
    ],
)
async def test_a_coupon_is_not_for_everybody_or_any_time(
    session: AsyncSession, terms: dict[str, Any], reason: str
) -> None:
    await CouponService(session).create(new_coupon(**terms))
    customer = await payer(session)

    with pytest.raises(CouponNotRedeemableError) as refusal:
        await redeemed(session, customer, "WELCOME", component="base")

    assert refusal.value.details["reason"] == reason
    assert await live(session, customer) == []


async def test_a_coupon_for_a_plan_is_not_for_another(session: AsyncSession) -> None:
    fiber, tv = await plan(session, "FIBER"), await plan(session, "TV")
    await CouponService(session).create(new_coupon(plan_ids=(fiber.plan_id,)))
    customer = await payer(session)
    line = await subscribed(session, plan=fiber, since=TODAY, customer=customer)
    other = await subscribed(session, plan=tv, since=TODAY, customer=customer)

    with pytest.raises(CouponNotRedeemableError):
        await redeemed(session, customer, "WELCOME", subscription_id=other)
    with pytest.raises(CouponNotRedeemableError):
        await redeemed(session, customer, "WELCOME", subscription_id=line, component="sauna")
    await redeemed(session, customer, "WELCOME", subscription_id=line, component="base")

    (one,) = await live(session, customer, line, other)
    assert one.subscription_id == line
    assert one.scope.plan_ids == {fiber.plan_id}
    assert one.scope.component_codes == {"base"}


async def test_a_subscription_of_somebody_else_gets_no_discount(session: AsyncSession) -> None:
    await CouponService(session).create(new_coupon())
    line = await subscribed(session, since=TODAY)

    with pytest.raises(SubscriptionNotFoundError):
        await redeemed(session, await payer(session), "WELCOME", subscription_id=line)


async def test_a_new_subscription_has_its_discount_from_its_first_bill(
    session: AsyncSession,
) -> None:
    await CouponService(session).create(new_coupon())
    customer = await payer(session)
    line = await subscribed(session, since=date(2026, 10, 1), customer=customer)

    await redeemed(session, customer, "WELCOME", subscription_id=line)

    assert [one.starts_on for one in await live(session, customer, line)] == [date(2026, 10, 1)]
    assert await live(session, customer) == []  # it is the subscription's, not the customer's


async def test_first_time_customers_are_those_who_had_no_invoice(session: AsyncSession) -> None:
    await CouponService(session).create(new_coupon(first_time_only=True))
    new, old = await payer(session), await payer(session)
    service = await InvoiceService.within(session)
    await service.issue_manual(NewInvoice(old, (NewLine("Work", Decimal(1), Decimal(5)),)))

    await redeemed(session, new, "WELCOME")
    with pytest.raises(CouponNotRedeemableError) as refusal:
        await redeemed(session, old, "WELCOME")

    assert refusal.value.details["reason"] == "not_first_time"


async def test_a_customer_has_a_coupon_as_often_as_allowed(session: AsyncSession) -> None:
    service = CouponService(session)
    await service.create(new_coupon(most_per_customer=2))
    customer = await payer(session)
    lines = [await subscribed(session, since=TODAY, customer=customer) for _ in range(3)]

    await redeemed(session, customer, "WELCOME", subscription_id=lines[0])
    with pytest.raises(CouponNotRedeemableError) as twice:
        await redeemed(session, customer, "WELCOME", subscription_id=lines[0])
    await redeemed(session, customer, "WELCOME", subscription_id=lines[1])
    with pytest.raises(CouponNotRedeemableError) as often:
        await redeemed(session, customer, "WELCOME", subscription_id=lines[2])

    assert twice.value.details["reason"] == "redeemed_already"
    assert often.value.details["reason"] == "used_by_customer"


async def test_an_archived_coupon_stays_with_who_has_it(session: AsyncSession) -> None:
    service = CouponService(session)
    coupon = await service.create(new_coupon())
    customer = await payer(session)
    await redeemed(session, customer, "WELCOME")

    await service.archive(coupon.id)

    assert len(await live(session, customer)) == 1
    with pytest.raises(CouponNotRedeemableError):
        await redeemed(session, await payer(session), "WELCOME")


async def test_a_limit_may_be_raised(session: AsyncSession) -> None:
    service = CouponService(session)
    coupon = await service.create(new_coupon(most_redemptions=1))
    await redeemed(session, await payer(session), "WELCOME")
    with pytest.raises(CouponNotRedeemableError):
        await redeemed(session, await payer(session), "WELCOME")

    await service.change(coupon, CouponChange(most_redemptions=2))
    await redeemed(session, await payer(session), "WELCOME")

    assert (await service.get(coupon.id)).redemptions == 2
    with pytest.raises(InvalidCouponError):
        await service.change(coupon, CouponChange(most_per_customer=0))


async def test_what_is_revoked_is_taken_off_no_more(session: AsyncSession) -> None:
    await CouponService(session).create(new_coupon())
    customer = await payer(session)
    redemption = await redeemed(session, customer, "WELCOME")

    with pytest.raises(RedemptionNotFoundError):
        await CouponService(session).revoke(await payer(session), redemption)
    await CouponService(session).revoke(customer, redemption)

    assert await live(session, customer) == []
    with pytest.raises(RedemptionRevokedError):
        await CouponService(session).revoke(customer, redemption)


async def test_a_coupon_that_does_not_exist_is_not_found(session: AsyncSession) -> None:
    customer = await payer(session)

    with pytest.raises(CouponNotFoundError):
        await redeemed(session, customer, "NOWHERE")


async def test_each_invoice_uses_up_a_period(session: AsyncSession) -> None:
    repeating = new_coupon(duration=DiscountDuration.REPEATING, periods=3)
    await CouponService(session).create(repeating)
    customer = await payer(session)
    redemption = await redeemed(session, customer, "WELCOME")

    await count_uses(session, [Use(redemption, new_id(), Decimal(5), TODAY) for _ in range(2)])
    (one,) = await live(session, customer)
    await count_uses(session, [Use(redemption, new_id(), Decimal(5), TODAY)])

    assert one.uses_left == 1
    assert await live(session, customer) == []


async def test_what_carries_over_is_used_until_nothing_is_left(session: AsyncSession) -> None:
    carried = new_coupon(kind=DiscountKind.FIXED, amounts=EUROS, carries_over=True)
    await CouponService(session).create(carried)
    customer = await payer(session)
    redemption = await redeemed(session, customer, "WELCOME")

    await count_uses(session, [Use(redemption, new_id(), Decimal("12.50"), TODAY)])
    (one,) = await live(session, customer)
    await count_uses(session, [Use(redemption, new_id(), Decimal("17.50"), TODAY)])

    assert (one.value, one.amount_left, one.uses_left) == (Decimal(30), Decimal("17.50"), None)
    assert await live(session, customer) == []


async def test_more_than_is_left_cannot_be_used(database: Database, tenant: Tenant) -> None:
    async def used_twice(session: AsyncSession) -> None:
        await CouponService(session).create(new_coupon())
        redemption = await redeemed(session, await payer(session), "WELCOME")
        await count_uses(session, [Use(redemption, new_id(), Decimal(5), TODAY) for _ in "12"])

    with pytest.raises(asyncpg.CheckViolationError):
        await database.run(tenant.id, used_twice)


async def test_of_many_at_once_no_more_redeem_than_there_are(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        coupon = await CouponService(session).create(new_coupon("LAST", most_redemptions=3))
        customers = [await payer(session) for _ in range(8)]

    async def redeem(customer: UUID) -> bool:
        async with database.transaction(tenant.id) as session:
            await redeemed(session, customer, "last")
            return True

    got = await asyncio.gather(*map(redeem, customers), return_exceptions=True)

    refused = [one for one in got if isinstance(one, CouponNotRedeemableError)]
    assert (got.count(True), len(refused)) == (3, 5)
    assert {one.details["reason"] for one in refused} == {"used_up"}
    async with database.transaction(tenant.id) as session:
        assert (await CouponService(session).get(coupon.id)).redemptions == 3


async def test_two_invoices_at_once_do_not_both_use_the_last_one(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await CouponService(session).create(new_coupon())
        customer = await payer(session)
        await redeemed(session, customer, "WELCOME")

    async def bill() -> int:
        async with database.transaction(tenant.id) as session:
            found = (await redeemed_by(session, [customer], [], hold=True)).get(customer, [])
            await count_uses(session, [Use(one.id, new_id(), Decimal(5), TODAY) for one in found])
            return len(found)

    assert sorted(await asyncio.gather(*(bill() for _ in range(4)))) == [0, 0, 0, 1]
