"""Customers whose addresses are verified, and people who have not signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import Request

from dotmac_api_gateway.application import PREFIX, create_app
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_customers import module

Made = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def stranger(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has not signed in."""

    async def authenticate(_: Request) -> None:
        return None

    app = create_app([module], database=database, settings=Settings(), authenticate=authenticate)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://test{PREFIX}") as opened:
        yield opened


@pytest.fixture
def made(client: httpx.AsyncClient) -> Made:
    """Makes a customer; Ann with an e-mail address and a number unless told otherwise."""

    async def make(**values: object) -> dict[str, Any]:
        ann = {"name": "Ann Berg", "email": "ann@example.com", "phone": "+46 70 123 45 67"}
        answer = await client.post("/customers", json=ann | values)
        assert answer.status_code == 201, answer.text
        customer: dict[str, Any] = answer.json()["data"]
        return customer

    return make
