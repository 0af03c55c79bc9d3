"""The standing checks find what is wrong with wallets and discounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from dotmac_billing import NewPayment, check_books, record_payments
from dotmac_billing.discounts.applied import Use
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService, Redemption, count_uses
from dotmac_billing.discounts.terms import DiscountKind
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.testing import payer
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)  # of the test's clock


@pytest.fixture
async def books(database: Database, tenant: Tenant) -> Tenant:
    """Paid and free credit, of which an invoice has used some, and a coupon that was used."""
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        service = WalletService(session)
        wallet = (await service.open(NewWallet(customer, "Prepaid"))).id
        payment = NewPayment(customer, Decimal(50), TODAY, allocate={})
        (payment_id,) = (await record_payments(session, [payment])).ids
        await service.top_up_from_payment(wallet, payment_id, NewGrant(Decimal(50)))
        await service.grant(wallet, NewGrant(Decimal(5)))
        line = NewLine("Work", Decimal(1), Decimal(20))
        issuing = await InvoiceService.within(session)
        await issuing.issue_manual(NewInvoice(customer, (line,)))
        coupons = CouponService(session)
        await coupons.create(NewCoupon("TEN", "Ten", DiscountKind.PERCENT, Decimal("0.1")))
        redemption, _ = await coupons.redeem(Redemption(customer, "TEN"))
        await count_uses(session, [Use(redemption.id, new_id(), Decimal(2), TODAY)])
    return tenant


@pytest.fixture
async def vandal(database_url: str, books: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """The tables' owner with triggers off: nobody else could spoil what is append-only."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"SET ROLE dotmac_owner; SET app.tenant_id = '{books.id}'")
    yield connection
    await connection.close()


async def findings(database: Database, tenant: Tenant) -> set[str]:
    async with database.transaction(tenant.id) as session:
        return {finding.check for finding in await check_books(session)}


async def test_sound_wallets_have_no_findings(database: Database, books: Tenant) -> None:
    assert await findings(database, books) == set()


@pytest.mark.parametrize(
    ("table", "damage", "found"),
    [
        (
            "wallet_grants",
            "UPDATE billing.wallet_grants SET remaining = remaining - 1 WHERE is_paid",
            {"prepaid_credit_is_owed", "wallets_add_up"},
        ),
        (
            "wallet_grants",
            "UPDATE billing.wallet_grants SET is_paid = false",
            {"prepaid_credit_is_owed"},
        ),
        (
            "wallet_movements",
            "DELETE FROM billing.wallet_movements WHERE kind = 'drawn'",
            {"wallets_add_up", "invoices_are_paid_as_allocated"},
        ),
        (
            "wallet_grants",
            "UPDATE billing.wallet_grants SET payment_id = NULL",
            {"payments_are_used_as_allocated"},
        ),
        (
            "coupon_uses",
            "UPDATE billing.coupon_uses SET amount = amount + 1",
            {"discounts_are_as_used"},
        ),
        ("coupon_uses", "DELETE FROM billing.coupon_uses", {"discounts_are_as_used"}),
    ],
)
async def test_a_fault_is_found(
    *,
    database: Database,
    books: Tenant,
    vandal: asyncpg.Connection,
    table: str,
    damage: str,
    found: set[str],
) -> None:
    async with vandal.transaction():
        await vandal.execute(
            f"ALTER TABLE billing.{table} DISABLE TRIGGER USER; {damage}; "
            f"ALTER TABLE billing.{table} ENABLE TRIGGER USER"
        )

    assert await findings(database, books) == found
