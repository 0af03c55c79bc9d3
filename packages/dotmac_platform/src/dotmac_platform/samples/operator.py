"""The operator of a new installation: its catalogue, and the sample tenant as its client."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    NewPayment,
    StartSubscription,
    bill_customer,
    find_plan,
    open_invoices,
    record_payments,
    start_subscriptions,
)
from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database, clock_of, new_id
from dotmac_customers import CustomerKind, CustomerService, CustomerState, NewCustomer
from dotmac_identity import FirstOwner, TenantKind, TenantService, link_client
from dotmac_platform.modules import MODULES
from dotmac_platform.samples.service import create_sample
from dotmac_platform.samples.tiers import publish_tiers

OPERATOR_SLUG = "operator"
OPERATOR_EMAIL = "operator@sample.example"
SAMPLE_TIER = "PROFESSIONAL"
"""The plan of the operator that the sample tenant subscribes to."""

_CURRENCY = "USD"
_TIME_ZONE = "UTC"


async def create_samples(database: Database, password: str) -> None:
    """The operator and the sample tenant, which may use what it buys of the operator."""
    operator_id = await _create_operator(database, password)
    tenant_id = await create_sample(database, password)
    await sell_tier(database, operator_id, tenant_id)


async def sell_tier(
    database: Database, operator_id: UUID, tenant_id: UUID, plan: str = SAMPLE_TIER
) -> None:
    """Let a tenant subscribe to a plan of the operator from today; its first month is paid.

    What it may use follows from the subscription, as for every tenant; see `flows.plan_grants`.
    """
    async with database.transaction(tenant_id) as session:
        profile = await TenantService.within(session).profile()
    async with database.transaction(operator_id) as session:
        client = await CustomerService.within(session).create(
            NewCustomer(
                name=profile.name,
                kind=CustomerKind.BUSINESS,
                state=CustomerState.ACTIVE,
                currency=_CURRENCY,
            )
        )
        await link_client(session, tenant_id, client.id)
        await _subscribe(session, client.id, plan)
        await bill_customer(session, client.id)
        await _pay(session, client.id)
    await create_worker(MODULES, database).drain(operator_id)


async def _create_operator(database: Database, password: str) -> UUID:
    operator_id = new_id()
    async with database.transaction(operator_id) as session:
        await TenantService.within(session).create(
            slug=OPERATOR_SLUG,
            name="DotMac",
            currency=_CURRENCY,
            time_zone=_TIME_ZONE,
            country="US",
            kind=TenantKind.OPERATOR,
            owner=FirstOwner(OPERATOR_EMAIL, "Sample Operator", password),
        )
        await publish_tiers(session)
    return operator_id


async def _subscribe(session: AsyncSession, customer_id: UUID, plan: str) -> None:
    tier = await find_plan(session, plan)
    assert tier is not None, f"{plan} is not in the catalogue"
    today = _today(session)
    await start_subscriptions(
        session,
        [StartSubscription(customer_id=customer_id, plan_version_id=tier.id, start_on=today)],
    )


async def _pay(session: AsyncSession, customer_id: UUID) -> None:
    await record_payments(
        session,
        [
            NewPayment(
                customer_id=customer_id,
                amount=invoice.amount_due,
                currency=invoice.currency,
                method="credit_card",
                received_on=_today(session),
                reference=invoice.number,
            )
            for invoice in await open_invoices(session)
            if invoice.customer_id == customer_id
        ],
    )


def _today(session: AsyncSession) -> date:
    return clock_of(session).today(_TIME_ZONE)
