"""The founding documents' quick start, as an embedding program would run it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import new_id
from dotmac_core_ops.testing import TEST_NOW
from dotmac_shared.billing import (
    BillingCycle,
    BillingPlanCreate,
    BillingService,
    CustomerCreate,
    PricingModel,
    SubscriptionStatus,
    create_basic_billing_service,
)

TODAY = TEST_NOW.date()


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[AsyncSession]:
    """A session that knows nothing of this platform, on a login that is not its role either."""
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with AsyncSession(engine) as session:
        session.info["clock"] = FrozenClock(TEST_NOW)
        yield session
    await engine.dispose()


async def quick_start(billing: BillingService) -> UUID:
    customer = await billing.customer_repo.create(
        CustomerCreate(customer_code="CUST001", email="john@example.com", name="John Doe")
    )
    plan = await billing.plan_repo.create(
        BillingPlanCreate(
            plan_code="BASIC",
            name="Basic Plan",
            pricing_model=PricingModel.FLAT_RATE,
            base_price=29.99,
            billing_cycle=BillingCycle.MONTHLY,
        )
    )
    subscription = await billing.create_subscription(customer_id=customer.id, plan_id=plan.id)
    return subscription.id


async def test_the_quick_start_runs_on_any_session(db: AsyncSession) -> None:
    billing = create_basic_billing_service(db, tenant_id=new_id())

    subscription_id = await quick_start(billing)

    subscription = await billing.subscription_repo.get(subscription_id)
    assert subscription is not None
    assert subscription.status is SubscriptionStatus.ACTIVE
    assert subscription.start_date == TODAY
    assert subscription.next_billing_date == TODAY
    assert subscription.quantity == 1


async def test_a_price_given_as_a_float_is_the_decimal_that_was_written(db: AsyncSession) -> None:
    billing = create_basic_billing_service(db, tenant_id=new_id())
    await quick_start(billing)

    plan = await billing.plan_repo.get_by_plan_code("BASIC")

    assert plan is not None
    assert plan.base_price == Decimal("29.99")


async def test_a_billing_cycle_bills_what_is_due_and_only_once(db: AsyncSession) -> None:
    billing = create_basic_billing_service(db, tenant_id=new_id())
    subscription_id = await quick_start(billing)

    first = await billing.run_billing_cycle()
    second = await billing.run_billing_cycle()

    assert first == {
        "processed_count": 1,
        "failed_count": 0,
        "total_amount": Decimal("29.99"),
        "errors": [],
    }
    assert second["processed_count"] == 0
    [invoice] = await billing.invoice_repo.get_by_subscription(subscription_id)
    assert (invoice.invoice_number, invoice.amount_due) == ("INV-000001", Decimal("29.99"))
    assert invoice.service_period_end == date(2026, 12, 20)


async def test_quantity_custom_price_and_setup_fee_are_billed(db: AsyncSession) -> None:
    billing = create_basic_billing_service(db, tenant_id=new_id())
    customer = await billing.customer_repo.create(CustomerCreate(customer_code="C", name="C"))
    plan = await billing.plan_repo.create(
        BillingPlanCreate(plan_code="P", name="P", base_price="10", setup_fee="99")
    )
    await billing.create_subscription(customer.id, plan.id, quantity=3, custom_price=9.5)

    cycle = await billing.run_billing_cycle()

    assert cycle["total_amount"] == 3 * Decimal("9.5") + 99


async def test_nothing_is_kept_unless_the_caller_commits(db: AsyncSession) -> None:
    tenant_id = new_id()
    billing = create_basic_billing_service(db, tenant_id=tenant_id)
    await quick_start(billing)
    await billing.run_billing_cycle()

    await db.rollback()

    assert await billing.customer_repo.count() == 0
    assert await billing.invoice_repo.count() == 0


async def test_what_the_caller_commits_is_there_in_the_next_transaction(db: AsyncSession) -> None:
    billing = create_basic_billing_service(db, tenant_id=new_id())
    subscription_id = await quick_start(billing)

    await db.commit()

    assert await billing.subscription_repo.exists(subscription_id)


async def test_two_tenants_may_use_the_same_codes_and_see_only_their_own(
    db: AsyncSession, database_url: str
) -> None:
    ours = create_basic_billing_service(db, tenant_id=new_id())
    await quick_start(ours)
    await db.commit()
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with AsyncSession(engine) as other:
        theirs = create_basic_billing_service(other, tenant_id=new_id())

        await quick_start(theirs)

        [customer] = await theirs.customer_repo.get_multi()
        assert customer.tenant_id == theirs.default_tenant_id
        assert await theirs.plan_repo.count() == 1
    await engine.dispose()


async def test_without_a_tenant_it_works_for_exactly_one(
    db: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = new_id()
    monkeypatch.setenv("DEFAULT_TENANT_ID", str(default))

    billing = create_basic_billing_service(db)
    await quick_start(billing)

    [customer] = await billing.customer_repo.get_multi()
    assert customer.tenant_id == default
    monkeypatch.delenv("DEFAULT_TENANT_ID")
    assert create_basic_billing_service(db).default_tenant_id in {default, UUID(int=0)}


async def test_a_login_above_row_level_security_is_brought_under_it(db: AsyncSession) -> None:
    billing = create_basic_billing_service(db, tenant_id=new_id())
    db.info["billing_login_is_exempt"] = True  # the test's own login is not, and cannot become so

    await quick_start(billing)

    role = await db.execute(sa.text("SELECT current_user"))
    assert role.scalar_one() == "dotmac_app"
