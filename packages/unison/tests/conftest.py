"""The plant over HTTP: the gateway with this one module, signed in as whoever is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn, signed_in_clients
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_identity.testing import Organisation, cheap_passwords
from unison import module


@pytest.fixture(scope="session")
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    """Opens a client for a tenant, with all permissions or those given."""
    async with signed_in_clients(database, module) as opened:
        yield opened


@pytest.fixture
async def plant(database: Database) -> Organisation:
    """A tenant in Stockholm, where a day begins an hour before it does in UTC."""
    return await Organisation.founded(database, cheap_passwords())


@pytest.fixture
def client(signed_in: SignedIn, plant: Organisation) -> httpx.AsyncClient:
    """A client of the plant that may do everything."""
    return signed_in(Tenant(plant.profile.id, plant.profile.slug))
