"""Billing over HTTP: the gateway with this one module, signed in as whoever is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import Request

from dotmac_api_gateway import create_app
from dotmac_billing import module
from dotmac_core_ops.database import Database
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    """Opens a client for a tenant, with all permissions or those given."""
    opened: list[httpx.AsyncClient] = []

    def open_client(tenant: Tenant, *permissions: str) -> httpx.AsyncClient:
        held = frozenset(permissions or (one.name for one in module.permissions))

        async def authenticate(_: Request) -> Principal:
            return Principal(tenant.id, "somebody", "user", "Somebody", held)

        app = create_app(
            [module], database=database, settings=Settings(), authenticate=authenticate
        )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        await client.aclose()


@pytest.fixture
def client(signed_in: SignedIn, tenant: Tenant) -> httpx.AsyncClient:
    """A client of the test's tenant that may do everything."""
    return signed_in(tenant)
