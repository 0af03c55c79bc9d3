"""Coupons and wallets in a bill run: what customers see on their invoices, month after month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books, run_billing
from dotmac_billing.catalog.plan import NewComponent
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

AUG_1, OCT_31 = date(2026, 8, 1), date(2026, 10, 31)  # three months, before the test's clock


async def customer_with(
    session: AsyncSession,
    *coupons: dict[str, Any],
    prepaid: str | None = None,
) -> UUID:
    """Subscribed for 30.00 and a box for 5.00, with 20 % tax, since August."""
    fiber = await plan(
        session,
        components=[
            NewComponent("base", "Line", Decimal("30.00"), tax_code=await tax(session)),
            NewComponent("box", "Box", Decimal("5.00"), tax_code="VAT"),
        ],
    )
    customer = await payer(session)
    line = await subscribed(session, plan=fiber, since=AUG_1, customer=customer)
    service = CouponService(session)
    for number, coupon in enumerate(coupons):
        terms: dict[str, Any] = {"kind": DiscountKind.PERCENT, "priority": number, **coupon}
        await service.create(NewCoupon(f"CODE{number}", "Discount", **terms))
        await service.redeem(Redemption(customer, f"CODE{number}", line))
    if prepaid is not None:
        wallet = await WalletService(session).open(NewWallet(customer, "Prepaid"))
        await WalletService(session).grant(wallet.id, NewGrant(Decimal(prepaid)))
    return customer


async def billed(database: Database, tenant: Tenant) -> list[tuple[str, str, str]]:
    """Net, total and what is due of each invoice, as text."""
    await run_billing(database, tenant.id, OCT_31)
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []
        connection = await driver_connection(session)
        rows = await connection.fetch(
            "SELECT i.net, i.total, b.amount_due FROM billing.invoices i "
            "JOIN billing.invoice_balances b ON b.id = i.id ORDER BY i.sequence"
        )
    return [(f"{row[0]:.2f}", f"{row[1]:.2f}", f"{row[2]:.2f}") for row in rows]


FULL = ("35.00", "42.00", "42.00")
HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("coupons", "expected"),
    [
        ([{"percent_off": Decimal("0.1")}], [("31.50", "37.80", "37.80"), FULL, FULL]),
        (
            [
                {
                    "percent_off": Decimal("0.1"),
                    "duration": DiscountDuration.REPEATING,
                    "periods": 2,
                }
            ],
            [("31.50", "37.80", "37.80"), ("31.50", "37.80", "37.80"), FULL],
        ),
        (
            [{"percent_off": HALF, "duration": DiscountDuration.FOREVER}],
            [("17.50", "21.00", "21.00")] * 3,
        ),
        ([{"percent_off": Decimal(1)}], [("0.00", "0.00", "0.00"), FULL, FULL]),
        (
            [{"percent_off": HALF, "component_codes": ("box",)}],
            [("32.50", "39.00", "39.00"), FULL, FULL],
        ),
        (
            [
                {
                    "kind": DiscountKind.FIXED,
                    "amounts": {"EUR": Decimal("50.00")},
                    "carries_over": True,
                }
            ],
            [("0.00", "0.00", "0.00"), ("20.00", "24.00", "24.00"), FULL],
        ),
        (
            [{"kind": DiscountKind.FIXED, "amounts": {"EUR": Decimal("50.00")}}],
            [("0.00", "0.00", "0.00"), FULL, FULL],
        ),
        (
            [
                {"percent_off": Decimal("0.2")},
                {"kind": DiscountKind.FIXED, "amounts": {"EUR": Decimal("8.00")}},
            ],
            [("20.00", "24.00", "24.00"), FULL, FULL],  # 35 less 20 % is 28, less 8
        ),
        (
            [{"percent_off": HALF, "minimums": {"EUR": Decimal("35.01")}}],
            [FULL, FULL, FULL],
        ),
    ],
)
async def test_a_coupon_is_on_as_many_invoices_as_it_is_for(
    database: Database,
    tenant: Tenant,
    coupons: list[dict[str, Any]],
    expected: list[tuple[str, str, str]],
) -> None:
    async with database.transaction(tenant.id) as session:
        await customer_with(session, *coupons)

    assert await billed(database, tenant) == expected


async def test_a_wallet_pays_what_coupons_and_tax_leave(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await customer_with(session, {"percent_off": HALF}, prepaid="100.00")

    assert await billed(database, tenant) == [
        ("17.50", "21.00", "0.00"),
        ("35.00", "42.00", "0.00"),
        ("35.00", "42.00", "5.00"),
    ]


async def test_running_again_uses_nothing_again(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await customer_with(
            session,
            {"kind": DiscountKind.FIXED, "amounts": {"EUR": Decimal(100)}, "carries_over": True},
            prepaid="10.00",
        )

    first = await billed(database, tenant)

    assert await billed(database, tenant) == first
    assert first == [
        ("0.00", "0.00", "0.00"),
        ("0.00", "0.00", "0.00"),
        ("5.00", "6.00", "0.00"),
    ]


@pytest.mark.parametrize("rebill", [False, True])
async def test_an_invoice_made_void_gives_its_coupon_back(
    database: Database, tenant: Tenant, rebill: bool
) -> None:
    async with database.transaction(tenant.id) as session:
        await customer_with(session, {"percent_off": HALF})
    await run_billing(database, tenant.id, AUG_1)

    async def void(session: AsyncSession) -> None:
        connection = await driver_connection(session)
        invoice_id = await connection.fetchval("SELECT id FROM billing.invoices")
        await CorrectionService(session).void(invoice_id, "wrong", rebill=rebill)

    await database.run(tenant.id, void)

    half, void_one = ("17.50", "21.00", "21.00"), ("17.50", "21.00", "0.00")
    # What is billed again waits for the day of voiding, the 20th of November.
    assert (await billed(database, tenant))[:2] == [void_one, half]
