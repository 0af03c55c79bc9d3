"""Billing over HTTP: the gateway with this one module, signed in as whoever is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn, signed_in_clients
from dotmac_billing import module
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant


@pytest.fixture(scope="session")
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    """Opens a client for a tenant, with all permissions or those given."""
    async with signed_in_clients(database, module) as opened:
        yield opened


@pytest.fixture
def client(signed_in: SignedIn, tenant: Tenant) -> httpx.AsyncClient:
    """A client of the test's tenant that may do everything."""
    return signed_in(tenant)
