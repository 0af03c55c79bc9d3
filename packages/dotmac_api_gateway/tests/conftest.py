"""The module of kites, served by the gateway in process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import Request

from dotmac_api_gateway import create_app
from dotmac_core_ops.database import Database
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant
from packages.dotmac_api_gateway.tests.kites import MODULE, TOKENS, Connect, WrongTokenError

MANY = 1_000_000_000
OWNER = "owner"


@pytest.fixture
def connect(database: Database, tenant: Tenant) -> Connect:
    """Opens a client of an application with the settings given, signed in as the owner."""

    async def authenticate(request: Request) -> Principal | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        name = header.removeprefix("Bearer ")
        if name not in TOKENS:
            raise WrongTokenError
        return Principal(tenant.id, f"user:{name}", "user", name, TOKENS[name])

    @asynccontextmanager
    async def opened(
        *,
        token: str | None = OWNER,
        peer: str = "127.0.0.1",
        database: Database = database,
        **settings: object,
    ) -> AsyncIterator[httpx.AsyncClient]:
        values: dict[str, Any] = {
            "environment": "test",
            "api_rate_limit": MANY,
            "api_rate_limit_anonymous": MANY,
            **settings,
        }
        app = create_app(
            [MODULE], database=database, settings=Settings(**values), authenticate=authenticate
        )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(peer, 1)),
            base_url="http://kites.example",
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        ) as client:
            yield client

    return opened


@pytest.fixture
async def client(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's client of an application without limits."""
    async with connect() as opened:
        yield opened
