from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    BillingPlanCreate,
    BillingService,
    BillingServiceFactory,
    CustomerCreate,
    PricingModel,
    SubscriptionStatus,
    create_basic_billing_service,
)
from dotmac_billing.catalog.errors import PricingModelNotAvailableError
from dotmac_billing.customers.errors import CustomerCodeTakenError
from dotmac_billing.library.errors import (
    IntegrationNotAvailableError,
    TenantMismatchError,
    UnknownFieldError,
)
from dotmac_billing.testing import tax
from dotmac_core_ops.database import new_id

TODAY = date(2026, 11, 20)


@pytest.fixture
async def billing(session: AsyncSession) -> BillingService:
    """A service of the test's tenant with three customers and two plans."""
    service = create_basic_billing_service(session)
    for code, name, terms in (("C-1", "Ada", "NET_30"), ("C-2", "Bo", None), ("C-3", "Cy", None)):
        await service.customer_repo.create(
            CustomerCreate(
                customer_code=code,
                name=name,
                email=f"{name.lower()}@example.com",
                payment_terms=terms,
            )
        )
    for code, price, is_public in (("GOLD", 99.95, True), ("STAFF", 0, False)):
        await service.plan_repo.create(
            BillingPlanCreate(plan_code=code, name=code, base_price=price, is_public=is_public)
        )
    return service


async def test_customers_are_found_by_what_is_known_of_them(billing: BillingService) -> None:
    customers = billing.customer_repo
    ada = await customers.get_by_customer_code("C-1")

    assert ada is not None
    assert ada.payment_terms == "NET_30"
    assert await customers.get_by_email("ada@example.com") == ada
    assert await customers.get(ada.id) == ada
    assert await customers.search_customers("AD") == [ada]
    assert await customers.get(new_id()) is None
    assert not await customers.exists(new_id())


async def test_lists_are_filtered_ordered_and_cut(billing: BillingService) -> None:
    customers = billing.customer_repo

    async def names(**how: object) -> list[str]:
        return [one.name for one in await customers.get_multi(**how)]  # type: ignore[arg-type] # passed through

    assert await names() == ["Ada", "Bo", "Cy"]
    assert await names(order_by="name", order_desc=True, limit=2) == ["Cy", "Bo"]
    assert await names(skip=1, limit=1) == ["Bo"]
    assert await names(filters={"name": "Bo"}) == ["Bo"]
    assert await names(filters={"name": ["Bo", "Cy"]}) == ["Bo", "Cy"]
    assert await names(filters={"customer_code": {"gte": "C-2", "lt": "C-3"}}) == ["Bo"]
    assert await customers.count(filters={"name": {"gt": "Ada"}}) == 2


@pytest.mark.parametrize("filters", [{"colour": "blue"}, {"name": {"like": "A%"}}])
async def test_a_filter_by_something_unknown_is_refused(
    billing: BillingService, filters: dict[str, object]
) -> None:
    with pytest.raises(UnknownFieldError):
        await billing.customer_repo.get_multi(filters=filters)


async def test_many_customers_are_created_at_once(billing: BillingService) -> None:
    created = await billing.customer_repo.bulk_create(
        [CustomerCreate(customer_code=f"C-{n}", name="Somebody") for n in range(3, 8)]
    )

    assert created == 4
    assert await billing.customer_repo.count() == 7


async def test_a_code_is_taken_once(billing: BillingService) -> None:
    with pytest.raises(CustomerCodeTakenError):
        await billing.customer_repo.create(CustomerCreate(customer_code="C-1", name="Ada"))


async def test_public_plans_are_those_for_everybody(billing: BillingService) -> None:
    public = await billing.plan_repo.get_public_plans()
    active = await billing.plan_repo.get_active_plans()

    assert [(one.plan_code, one.base_price) for one in public] == [("GOLD", Decimal("99.95"))]
    assert [one.plan_code for one in active] == ["GOLD", "STAFF"]


async def test_only_flat_rates_can_be_sold_yet(billing: BillingService) -> None:
    with pytest.raises(PricingModelNotAvailableError):
        await billing.plan_repo.create(
            BillingPlanCreate(
                plan_code="T", name="T", base_price=1, pricing_model=PricingModel.TIERED
            )
        )


async def test_subscriptions_are_found_until_they_are_cancelled(billing: BillingService) -> None:
    [ada, *_] = await billing.customer_repo.get_multi()
    gold = await billing.plan_repo.get_by_plan_code("GOLD")
    assert gold is not None
    made = await billing.create_subscription(ada.id, gold.id, date(2026, 11, 1))
    found = billing.subscription_repo

    assert await found.get_by_customer(ada.id) == [made]
    assert await found.get_by_subscription_number(made.subscription_number) == made
    assert await found.get_due_for_billing(TODAY) == [made]
    assert await found.get_due_for_billing(date(2026, 10, 31)) == []
    assert await found.get_expiring_subscriptions() == []
    ended = await billing.cancel_subscription(made.id)
    assert ended.end_date == date(2026, 12, 1)
    assert await found.get_expiring_subscriptions() == [ended]
    assert [one.status for one in await found.get_active_subscriptions()] == [
        SubscriptionStatus.ACTIVE
    ]


async def test_invoices_are_found_by_what_is_owed_on_them(billing: BillingService) -> None:
    [ada, *_] = await billing.customer_repo.get_multi()
    gold = await billing.plan_repo.get_by_plan_code("GOLD")
    assert gold is not None
    await billing.create_subscription(ada.id, gold.id, date(2026, 9, 1))

    cycle = await billing.run_billing_cycle(date(2026, 10, 1))

    assert cycle["processed_count"] == 2
    invoices = await billing.invoice_repo.get_by_customer(ada.id)
    assert [(one.invoice_number, one.due_date) for one in invoices] == [
        ("INV-000001", date(2026, 10, 1)),
        ("INV-000002", date(2026, 10, 31)),
    ]
    assert await billing.invoice_repo.get_overdue_invoices() == invoices
    assert await billing.invoice_repo.get_by_invoice_number("INV-000002") == invoices[1]
    assert not invoices[0].is_paid


async def test_what_cannot_be_billed_does_not_keep_the_rest_from_it(
    billing: BillingService,
) -> None:
    [ada, bo, _] = await billing.customer_repo.get_multi()
    await tax(billing.db, "VAT", since=date(2027, 1, 1))
    taxed = await billing.plan_repo.create(
        BillingPlanCreate(plan_code="TAXED", name="Taxed", base_price=10, tax_code="VAT")
    )
    gold = await billing.plan_repo.get_by_plan_code("GOLD")
    assert gold is not None
    await billing.create_subscription(ada.id, taxed.id)
    await billing.create_subscription(bo.id, gold.id)

    cycle = await billing.run_billing_cycle()

    assert (cycle["processed_count"], cycle["failed_count"]) == (1, 1)
    assert "VAT" in cycle["errors"][0]


async def test_a_call_for_another_tenant_is_refused(billing: BillingService) -> None:
    for call in (
        billing.customer_repo.get_multi(tenant_id=new_id()),
        billing.run_billing_cycle(tenant_id=new_id()),
    ):
        with pytest.raises(TenantMismatchError):
            await call


async def test_a_session_of_one_tenant_does_not_become_anothers(session: AsyncSession) -> None:
    other = create_basic_billing_service(session, tenant_id=new_id())

    with pytest.raises(TenantMismatchError):
        await other.customer_repo.get_multi()


def test_an_integration_that_does_not_exist_is_refused_at_once(session: AsyncSession) -> None:
    config = {"payment_gateway": {"type": "stripe", "options": {"secret_key": "sk"}}}

    with pytest.raises(IntegrationNotAvailableError):
        BillingServiceFactory().create_billing_service(session, config)


@pytest.mark.parametrize(
    "wrong", [{"payment_terms": "30 days"}, {"currency": "euro"}, {"colour": "blue"}, {"name": ""}]
)
def test_a_customer_that_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CustomerCreate.model_validate({"customer_code": "C", "name": "C", **wrong})
