from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    BillingPeriod,
    BillingPlanCreate,
    BillingService,
    CustomerCreate,
    PricingModel,
    PricingTier,
    SubscriptionRecord,
    UsageRecordCreate,
    create_basic_billing_service,
)
from dotmac_billing.library.errors import NothingDueError, RecordPermanentError, UsageRefusedError

NOVEMBER = BillingPeriod(period_start=date(2026, 11, 1), period_end=date(2026, 12, 1))
OCTOBER = BillingPeriod(period_start=date(2026, 10, 1), period_end=date(2026, 11, 1))
OCT_18, NOV_18 = date(2026, 10, 18), date(2026, 11, 18)
FIRST = BillingPeriod(period_start=OCT_18, period_end=NOV_18)
SECOND = BillingPeriod(period_start=NOV_18, period_end=date(2026, 12, 18))
NOV_1, OCT_1 = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture
def billing(session: AsyncSession) -> BillingService:
    return create_basic_billing_service(session)


async def subscribed(
    billing: BillingService,
    since: date,
    **plan: Any,  # noqa: ANN401 (what the plan takes)
) -> SubscriptionRecord:
    customer = await billing.customer_repo.create(CustomerCreate(customer_code="C", name="C"))
    made = await billing.plan_repo.create(
        BillingPlanCreate(**{"plan_code": "P", "name": "P", **plan})
    )
    return await billing.create_subscription(customer.id, made.id, since)


async def used(billing: BillingService, made: SubscriptionRecord, day: date, n: str) -> None:
    usage = UsageRecordCreate(quantity=Decimal(n), usage_date=day, source_system="radius")
    await billing.record_usage(made.id, usage)


async def test_what_is_included_is_free_and_the_rest_is_overage(billing: BillingService) -> None:
    made = await subscribed(
        billing,
        OCT_18,
        base_price=59.99,
        usage_unit="gb",
        included_usage=1000,
        overage_price=0.05,
    )
    await billing.generate_invoice(made.id, FIRST)
    await used(billing, made, date(2026, 10, 20), "900")
    await used(billing, made, date(2026, 11, 2), "350.5")

    invoice = await billing.generate_invoice(made.id, SECOND)

    overage = Decimal("12.53")  # 250.5 x 0.05 = 12.525
    assert invoice.subtotal == Decimal("59.99") + overage
    plan = await billing.plan_repo.get_by_plan_code("P")
    assert plan is not None
    assert (plan.pricing_model, plan.usage_unit) == (PricingModel.HYBRID, "gb")
    assert (plan.included_usage, plan.overage_price) == (Decimal(1000), Decimal("0.05"))


TIERS = (
    PricingTier(max_quantity=100, price_per_unit=2),
    PricingTier(min_quantity=101, price_per_unit=1),
)


@pytest.mark.parametrize(
    ("model", "due"),
    [
        (PricingModel.TIERED, 100 * 2 + 50 * 1),
        (PricingModel.VOLUME_BASED, 150 * 1),
    ],
)
async def test_tiers_are_those_of_the_pricing_model(
    billing: BillingService, model: PricingModel, due: int
) -> None:
    made = await subscribed(billing, OCT_18, pricing_model=model, usage_unit="call", tiers=TIERS)
    await used(billing, made, date(2026, 10, 20), "150")

    cycle = await billing.run_billing_cycle()

    assert cycle["total_amount"] == due
    plan = await billing.plan_repo.get_by_plan_code("P")
    assert plan is not None
    assert [tier.price_per_unit for tier in plan.tiers] == [2, 1]


async def test_a_trial_is_free_and_the_setup_fee_comes_after_it(billing: BillingService) -> None:
    made = await subscribed(billing, OCT_1, base_price=30, setup_fee=99, trial_days=14)

    assert made.trial_end_date == date(2026, 10, 15)
    assert made.next_billing_date == date(2026, 10, 15)
    cycle = await billing.run_billing_cycle(date(2026, 10, 15))
    assert cycle["total_amount"] == 30 + 99


async def test_the_cancellation_fee_is_on_the_next_invoice(billing: BillingService) -> None:
    made = await subscribed(billing, NOV_1, base_price=30, cancellation_fee=25)
    await billing.generate_invoice(made.id, NOVEMBER)

    ended = await billing.cancel_subscription(made.id, date(2026, 11, 20))
    await billing.run_billing_cycle()

    assert ended.end_date == date(2026, 11, 20)
    invoices = await billing.invoice_repo.get_by_customer(made.customer_id)
    assert [invoice.total_amount for invoice in invoices] == [30, 25]


async def test_a_period_is_billed_once(billing: BillingService) -> None:
    made = await subscribed(billing, NOV_1, base_price=30)

    first = await billing.generate_invoice(made.id, NOVEMBER)
    second = await billing.generate_invoice(made.id, NOVEMBER)

    assert first == second
    assert (first.service_period_start, first.service_period_end) == (NOV_1, date(2026, 12, 1))
    assert (await billing.run_billing_cycle())["processed_count"] == 0
    with pytest.raises(NothingDueError):
        await billing.generate_invoice(made.id, OCTOBER)


async def test_usage_with_a_key_counts_once(billing: BillingService) -> None:
    made = await subscribed(billing, NOV_1, usage_unit="gb", overage_price=1)
    usage = UsageRecordCreate(
        quantity=5, usage_date=date(2026, 11, 3), idempotency_key="cdr-1", description="night"
    )

    first = await billing.record_usage(made.id, usage)
    second = await billing.record_usage(made.id, usage)

    assert first == second
    assert (first.unit_type, first.quantity, first.description) == ("gb", Decimal(5), "night")
    assert await billing.usage_repo.count() == 1


async def test_usage_is_processed_once_it_is_billed_or_dealt_with_elsewhere(
    billing: BillingService,
) -> None:
    made = await subscribed(billing, OCT_18, usage_unit="gb", overage_price=1)
    for day, quantity in ((19, "5"), (20, "7"), (25, "11")):
        await used(billing, made, date(2026, 10, day), quantity)
    [_, second, _] = await billing.usage_repo.get_by_subscription(made.id)

    assert await billing.usage_repo.bulk_mark_processed([second.id, "unknown"]) == 1
    assert await billing.usage_repo.bulk_mark_processed([second.id]) == 0
    waiting = await billing.usage_repo.get_unprocessed_usage(made.id)
    cycle = await billing.run_billing_cycle()

    assert [one.quantity for one in waiting] == [5, 11]
    assert cycle["total_amount"] == 5 + 11
    assert await billing.usage_repo.get_unprocessed_usage() == []
    part = await billing.usage_repo.get_by_subscription(
        made.id, date(2026, 10, 20), date(2026, 10, 25)
    )
    assert [(one.quantity, one.processed) for one in part] == [
        (Decimal(7), True),
        (Decimal(11), True),
    ]
    summary = await billing.usage_repo.get_usage_summary_by_subscription(made.id)
    assert summary == {"gb": 23}


async def test_usage_that_cannot_be_is_refused_with_its_reason(billing: BillingService) -> None:
    made = await subscribed(billing, NOV_1, usage_unit="gb", overage_price=1)
    future = UsageRecordCreate(quantity=1, usage_date=date(2027, 1, 1))

    with pytest.raises(UsageRefusedError) as refused:
        await billing.record_usage(made.id, future)

    assert refused.value.details["reason"] == "TIME_IN_FUTURE"


@pytest.mark.parametrize(
    "wrong",
    [
        {"included_usage": 5},
        {"usage_unit": "gb", "overage_price": 1, "tiers": TIERS},
        {"usage_unit": "gb", "tiers": TIERS[:1]},
        {"usage_unit": "gb", "tiers": TIERS[1:]},
    ],
)
def test_a_plan_that_cannot_be_priced_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BillingPlanCreate(plan_code="P", name="P", **wrong)


async def test_a_plan_is_retired_and_history_is_kept(billing: BillingService) -> None:
    made = await subscribed(billing, NOV_1, base_price=30)

    await billing.plan_repo.soft_delete(made.billing_plan_id)

    assert await billing.plan_repo.get_active_plans() == []
    for repository, record_id in (
        (billing.plan_repo, made.billing_plan_id),
        (billing.customer_repo, made.customer_id),
        (billing.subscription_repo, made.id),
    ):
        with pytest.raises(RecordPermanentError):
            await repository.delete(record_id)
