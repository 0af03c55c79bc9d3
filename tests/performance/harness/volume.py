"""The tenants of the definitions: customers, a plan of two services, running subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    NewComponent,
    NewPlan,
    NewTerms,
    StartSubscription,
    add_tax_rate,
    publish_plan,
    start_subscriptions,
)
from dotmac_core_ops.database import Database, new_id
from dotmac_customers import CustomerService, NewCustomer, PostalAddress
from dotmac_identity import TenantService

CUSTOMERS = 2_000
BATCH = 100
PASSES = 3
DUE_ON = date(2026, 11, 1)

_STREETS = ("Mill Lane", "Harbour Road", "Station Street", "Church Hill", "Orchard Way")
_TOWNS = ("Porto", "Braga", "Coimbra", "Faro")
_NAMES = ("Ana", "Bruno", "Carla", "Duarte", "Elisa", "Filipe", "Graça", "Hugo", "Inês", "João")
_SURNAMES = ("Almeida", "Barros", "Castro", "Dias", "Esteves", "Ferreira", "Gomes", "Henriques")


@dataclass(frozen=True)
class Subscribers:
    """A tenant with customers, and the version of the plan that they can subscribe to."""

    tenant_id: UUID
    plan_version_id: UUID
    customer_ids: tuple[UUID, ...]


async def new_tenant(database: Database, name: str) -> UUID:
    """A tenant that can bill, in EUR."""
    tenant_id = new_id()
    async with database.transaction(tenant_id) as session:
        await TenantService.within(session).create(
            slug=f"{name}-{str(tenant_id)[-12:]}",
            name=name,
            currency="EUR",
            time_zone="Europe/Lisbon",
            country="PT",
        )
    return tenant_id


async def add_customers(
    database: Database, tenant_id: UUID, count: int, batch: int = BATCH
) -> list[UUID]:
    """Customers with a postal and an e-mail address each, `batch` to a transaction."""
    ids: list[UUID] = []
    for start in range(0, count, batch):
        async with database.transaction(tenant_id) as session:
            made = await CustomerService.within(session).create_many(
                [_customer(n) for n in range(start, min(start + batch, count))]
            )
        ids += [customer.id for customer in made]
    return ids


def _customer(n: int) -> NewCustomer:
    first, last = _NAMES[n % len(_NAMES)], _SURNAMES[n // len(_NAMES) % len(_SURNAMES)]
    return NewCustomer(
        name=f"{first} {last} {n}",
        email=f"customer{n}@example.com",
        address=PostalAddress(
            line1=f"{n % 200 + 1} {_STREETS[n % len(_STREETS)]}",
            city=_TOWNS[n % len(_TOWNS)],
            postal_code=f"{4000 + n % 900}-{n % 1000:03}",
            country="PT",
        ),
    )


async def publish_services(database: Database, tenant_id: UUID) -> UUID:
    """A monthly plan of two services, 29.90 and 4.50, with 20 % tax; its version."""
    async with database.transaction(tenant_id) as session:
        await add_tax_rate(session, "VAT", Decimal("0.2"), valid_from=date(2020, 1, 1))
        plan = await publish_plan(
            session,
            NewPlan(
                code="BENCH",
                name="Internet and telephone",
                terms=NewTerms(
                    components=(
                        NewComponent("NET", "Internet", Decimal("29.90"), tax_code="VAT"),
                        NewComponent("TEL", "Telephone", Decimal("4.50"), tax_code="VAT"),
                    ),
                    available_from=date(2020, 1, 1),
                ),
            ),
        )
    return plan.id


async def subscribe(
    session: AsyncSession, plan_version_id: UUID, customers: Sequence[tuple[UUID, date]]
) -> int:
    """A subscription of both services for each customer, from the day beside it; how many."""
    result = await start_subscriptions(
        session,
        [
            StartSubscription(customer_id, plan_version_id, start_on)
            for customer_id, start_on in customers
        ],
    )
    return result.started


async def add_subscriptions(
    database: Database, given: Subscribers, starts: Sequence[date], batch: int = BATCH
) -> None:
    """A subscription for each customer, `batch` to a transaction; `starts` has a day for each."""
    pairs = list(zip(given.customer_ids, starts, strict=True))
    for start in range(0, len(pairs), batch):
        async with database.transaction(given.tenant_id) as session:
            await subscribe(session, given.plan_version_id, pairs[start : start + batch])


async def subscribers(database: Database, name: str, count: int) -> Subscribers:
    """A tenant of `count` customers that can subscribe."""
    tenant_id = await new_tenant(database, name)
    customer_ids = await add_customers(database, tenant_id, count, batch=1_000)
    plan_version_id = await publish_services(database, tenant_id)
    return Subscribers(tenant_id, plan_version_id, tuple(customer_ids))
