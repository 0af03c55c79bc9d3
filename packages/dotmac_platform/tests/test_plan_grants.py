"""A tenant subscribes to a tier of the operator, may use what it contains, and pays or does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, Request

import dotmac_identity
from dotmac_api_gateway import create_app
from dotmac_billing import (
    NewPayment,
    StartSubscription,
    bill_customer,
    export_price_list,
    find_plan,
    open_invoices,
    record_payments,
    set_payer,
    start_subscriptions,
)
from dotmac_core_events import create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Principal, signed_in
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import tenant_state
from dotmac_core_ops.testing import TEST_NOW
from dotmac_customers import CustomerService, NewCustomer
from dotmac_identity import (
    Entitlements,
    MoveReason,
    TenantLifeService,
    Trial,
    clients_of,
    entitlements_of_tenant,
    link_client,
    require_feature,
    require_tier,
)
from dotmac_identity.testing import Organisation, cheap_passwords
from dotmac_platform.modules import MODULES
from dotmac_platform.runtime import connect
from dotmac_platform.samples import create_sample, sell_tier
from dotmac_platform.samples.tiers import publish_tiers

router = APIRouter(dependencies=[Depends(signed_in)])


@router.get("/schedule", dependencies=[Depends(require_tier("professional"))])
async def schedule() -> dict[str, object]:
    return {"data": "drawn"}


@router.get("/integrations", dependencies=[Depends(require_tier("enterprise"))])
async def integrations() -> dict[str, object]:
    return {"data": "drawn"}


@router.get("/charts", dependencies=[Depends(require_feature("spc_charts"))])
async def charts() -> dict[str, object]:
    return {"data": "drawn"}


FACTORY = Module("factory", routers=(router,))


@pytest.fixture(scope="module")
async def platform(database_url: str) -> AsyncIterator[Database]:
    opened = connect(Settings(environment="test"), database_url, clock=FrozenClock(TEST_NOW))
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def operator(platform: Database) -> UUID:
    operator = await Organisation.operator(platform, cheap_passwords())
    async with platform.transaction(operator.profile.id) as session:
        await publish_tiers(session)
    return operator.profile.id


@pytest.fixture
async def client(platform: Database, operator: UUID) -> tuple[UUID, UUID]:
    """A tenant on trial, and who it is among the operator's customers."""
    trial = Trial("STARTER", {"tier": "starter", "users": 1})
    tenant = await Organisation.founded(platform, cheap_passwords(), trial=trial)
    async with platform.transaction(operator) as session:
        customer = await CustomerService.within(session).create(
            NewCustomer(name=tenant.profile.name, currency="USD")
        )
        await link_client(session, tenant.profile.id, customer.id)
    return tenant.profile.id, customer.id


async def subscribes(
    platform: Database, operator: UUID, customer_id: UUID, plan: str, *, until: date | None = None
) -> None:
    async with platform.transaction(operator) as session:
        found = await find_plan(session, plan)
        assert found is not None
        await start_subscriptions(
            session,
            [
                StartSubscription(
                    customer_id=customer_id,
                    plan_version_id=found.id,
                    start_on=TEST_NOW.date(),
                    end_on=until,
                    is_cancelled=until is not None,
                )
            ],
        )
    await create_worker(MODULES, platform).drain(operator)


async def standing(platform: Database, tenant_id: UUID) -> tuple[TenantState | None, Entitlements]:
    async with platform.transaction(tenant_id) as session:
        return await tenant_state(session), await entitlements_of_tenant(session)


async def test_a_plan_that_is_bought_is_granted(
    platform: Database, operator: UUID, client: tuple[UUID, UUID]
) -> None:
    tenant_id, customer_id = client

    await subscribes(platform, operator, customer_id, "PROFESSIONAL")

    state, granted = await standing(platform, tenant_id)
    assert state is TenantState.ACTIVE
    assert granted.tier == "professional"
    assert {"spc_charts", "basic_production"} <= granted.features
    assert (granted.limit_of("users"), granted.limit_of("plants")) == (25, 5)


async def test_a_subscription_that_ends_makes_the_tenant_read_only(
    platform: Database, operator: UUID, client: tuple[UUID, UUID]
) -> None:
    tenant_id, customer_id = client
    await subscribes(platform, operator, customer_id, "ENTERPRISE", until=date(2026, 11, 30))
    clock = platform.clock
    assert isinstance(clock, FrozenClock)
    assert (await standing(platform, tenant_id))[1].limit_of("users") == -1

    clock.advance(days=11)
    worker = create_worker(MODULES, platform)
    async with platform.transaction(operator) as session:
        await enqueue(session, "platform.grant_plans")
    await worker.drain(operator)
    clock.move_to(TEST_NOW)

    assert (await standing(platform, tenant_id))[0] is TenantState.READ_ONLY


async def owing(
    platform: Database, operator: UUID, customer_id: UUID, *, payer_id: UUID | None = None
) -> Decimal:
    """Two months later nothing was paid, and billing has noticed; what is owed, by the payer."""
    payer_id = payer_id or customer_id
    await subscribes(platform, operator, customer_id, "PROFESSIONAL")
    async with platform.transaction(operator) as session:
        await bill_customer(session, payer_id)
    clock = platform.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(days=60)
    async with platform.transaction(operator) as session:
        await enqueue(session, "billing.overdue")
    await create_worker(MODULES, platform).drain(operator)
    async with platform.transaction(operator) as session:
        open_ones = await open_invoices(session)
    return sum((one.amount_due for one in open_ones if one.customer_id == payer_id), Decimal(0))


async def pays(platform: Database, operator: UUID, customer_id: UUID, amount: Decimal) -> None:
    async with platform.transaction(operator) as session:
        payment = NewPayment(customer_id, amount, received_on=platform.clock.today())
        await record_payments(session, [payment])
    await create_worker(MODULES, platform).drain(operator)


@pytest.fixture
def back_to_today(platform: Database) -> Iterator[None]:
    yield
    assert isinstance(platform.clock, FrozenClock)
    platform.clock.move_to(TEST_NOW)


@pytest.mark.usefixtures("back_to_today")
async def test_a_tenant_that_does_not_pay_is_past_due_until_all_is_paid(
    platform: Database, operator: UUID, client: tuple[UUID, UUID]
) -> None:
    tenant_id, customer_id = client

    due = await owing(platform, operator, customer_id)
    states = [(await standing(platform, tenant_id))[0]]
    for amount in (due - 1, Decimal(1)):
        await pays(platform, operator, customer_id, amount)
        states.append((await standing(platform, tenant_id))[0])

    assert states == [TenantState.PAST_DUE, TenantState.PAST_DUE, TenantState.ACTIVE]


@pytest.mark.usefixtures("back_to_today")
@pytest.mark.parametrize("consolidate", [True, False], ids=["one invoice for all", "one each"])
async def test_a_tenant_is_past_due_while_the_parent_who_pays_for_it_does_not(
    platform: Database, operator: UUID, client: tuple[UUID, UUID], consolidate: bool
) -> None:
    tenant_id, customer_id = client
    async with platform.transaction(operator) as session:
        customers = CustomerService.within(session)
        parent = (await customers.create(NewCustomer(name="Holding", currency="USD"))).id
        await set_payer(session, parent, None, consolidate=consolidate)
        await set_payer(session, customer_id, parent, consolidate=False)

    due = await owing(platform, operator, customer_id, payer_id=parent)
    states = [(await standing(platform, tenant_id))[0]]
    await pays(platform, operator, parent, due)
    states.append((await standing(platform, tenant_id))[0])

    assert due > 0
    assert states == [TenantState.PAST_DUE, TenantState.ACTIVE]


@pytest.mark.usefixtures("back_to_today")
@pytest.mark.parametrize(
    ("reason", "after"),
    [
        (MoveReason.PAYMENT_OVERDUE, TenantState.ACTIVE),
        (MoveReason.ABUSE, TenantState.SUSPENDED),
    ],
)
async def test_paying_opens_what_was_suspended_for_not_paying_and_nothing_else(
    platform: Database,
    operator: UUID,
    client: tuple[UUID, UUID],
    reason: MoveReason,
    after: TenantState,
) -> None:
    tenant_id, customer_id = client
    due = await owing(platform, operator, customer_id)
    async with platform.transaction(tenant_id) as session:
        await TenantLifeService.within(session).move(TenantState.SUSPENDED, reason)

    await pays(platform, operator, customer_id, due)

    assert (await standing(platform, tenant_id))[0] is after


def as_owner(platform: Database, tenant_id: UUID, *modules: Module) -> httpx.AsyncClient:
    """A client of an owner of the tenant."""

    async def authenticate(_: Request) -> Principal:
        return Principal(tenant_id, str(new_id()), "user", "Olga", frozenset({"*"}))

    app = create_app(modules, database=platform, settings=Settings(), authenticate=authenticate)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1")


async def test_a_route_names_the_tier_or_the_feature_that_it_needs(
    platform: Database, operator: UUID, client: tuple[UUID, UUID]
) -> None:
    tenant_id, customer_id = client

    async with as_owner(platform, tenant_id, FACTORY) as http:
        tier, feature = await http.get("/schedule"), await http.get("/charts")
        await subscribes(platform, operator, customer_id, "PROFESSIONAL-YEARLY")
        after = [(await http.get(path)).status_code for path in ("/schedule", "/charts")]

    assert tier.json()["error"]["code"] == "TIER_REQUIRED"
    assert tier.json()["error"]["details"] == {"needed": "professional", "present": "starter"}
    assert feature.json()["error"]["code"] == "FEATURE_REQUIRED"
    assert feature.json()["error"]["details"]["feature"] == "spc_charts"
    assert after == [200, 200]


async def test_the_founding_tiers_are_published_once(platform: Database, operator: UUID) -> None:
    async with platform.transaction(operator) as session:
        again = await publish_tiers(session)
        listed = await export_price_list(session)

    assert again == 0
    for price in ("49", "199", "999", "529.2", "2149.2", "10191.5"):
        assert str(Decimal(price).normalize()) in listed or price in listed


async def test_the_sample_tenant_may_use_the_tier_that_it_buys_of_the_operator(
    platform: Database, operator: UUID
) -> None:
    slug = f"sample-{new_id().hex[-12:]}"
    sample = await create_sample(platform, "correct horse battery staple", customers=2, slug=slug)

    await sell_tier(platform, operator, sample)

    async with as_owner(platform, sample, dotmac_identity.module, FACTORY) as http:
        granted = (await http.get("/entitlements")).json()["data"]
        within = await http.get("/schedule")
        above = await http.get("/integrations")
    async with platform.transaction(operator) as session:
        [client] = [one for one in await clients_of(session) if one.tenant_id == sample]
        unpaid = {invoice.customer_id for invoice in await open_invoices(session)}
    limits = {limit["name"]: limit["limit"] for limit in granted["limits"]}
    assert (granted["tier"], granted["is_restricted"]) == ("professional", True)
    assert "spc_charts" in granted["features"]
    assert (limits["users"], limits["plants"], limits["storage_bytes"]) == (25, 5, 100 * 2**30)
    assert within.status_code == 200
    assert above.json()["error"]["details"] == {"needed": "enterprise", "present": "professional"}
    assert client.customer_id not in unpaid
