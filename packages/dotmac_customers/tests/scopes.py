"""A shop of customers, and people who hold roles for a part of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import Request

from dotmac_api_gateway import create_app
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.principal import Principal, Scope, ScopeKind
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer, module

READ, WRITE = "customers:read", "customers:write"
DESK = (
    *("notes:read", "notes:write", "documents:read", "documents:write"),
    *("customer_tasks:read", "customer_tasks:write"),
)


@dataclass
class Shop:
    """An account with a site below it, a member of a segment, and a stranger."""

    account: UUID
    site: UUID
    member: UUID
    stranger: UUID
    segment: UUID


@pytest.fixture
async def shop(database: Database, tenant: Tenant) -> Shop:
    segment = new_id()
    async with database.transaction(tenant.id) as session:
        customers = CustomerService.within(session)
        account, member, stranger = [
            (await customers.create(NewCustomer(name=name))).id
            for name in ("Acme", "Berta", "Caesar")
        ]
        site = (await customers.create(NewCustomer(name="Acme Site", parent_id=account))).id
        await session.execute(
            sa.text(
                "INSERT INTO customers.segments (id, name, description, kind, version, "
                "created_at, updated_at) VALUES (:id, 'vip', '', 'static', 1, now(), now())"
            ),
            {"id": segment},
        )
        await session.execute(
            sa.text(
                "INSERT INTO customers.segment_members (segment_id, customer_id) "
                "VALUES (:segment, :customer)"
            ),
            {"segment": segment, "customer": member},
        )
    return Shop(account, site, member, stranger, segment)


@dataclass
class Part:
    """Opens clients of people who hold permissions within parts only."""

    stack: AsyncExitStack
    database: Database
    tenant: Tenant

    def client(
        self,
        *groups: UUID,
        permissions: tuple[str, ...] = (READ, WRITE),
        kind: ScopeKind = "customer_group",
        everywhere: tuple[str, ...] = (),
    ) -> httpx.AsyncClient:
        parts = frozenset(Scope(kind, group) for group in groups)
        principal = Principal(
            self.tenant.id,
            "resident",
            "user",
            "Resident",
            frozenset(everywhere),
            scopes=dict.fromkeys(permissions, parts),
        )

        async def authenticate(_: Request) -> Principal:
            return principal

        app = create_app(
            [module], database=self.database, settings=Settings(), authenticate=authenticate
        )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
        )
        self.stack.push_async_callback(client.aclose)
        return client


@pytest.fixture
async def part(database: Database, tenant: Tenant) -> AsyncIterator[Part]:
    async with AsyncExitStack() as stack:
        yield Part(stack, database, tenant)
