from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

PATH = "/billing/customers"


@pytest.fixture
async def ada(database: Database, tenant: Tenant) -> str:
    """The id of Ada, who stands between Abe and Bo."""

    async def open_them(session: AsyncSession) -> str:
        opened = await open_customers(
            session,
            [
                OpenCustomer("C-2", "Ada", email="ada@example.com"),
                OpenCustomer("C-3", "Bo 100%", currency="USD"),
                OpenCustomer("C-1", "Abe"),
            ],
        )
        return str(opened.ids["C-2"])

    return await database.run(tenant.id, open_them)


async def names(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"{PATH}?{query}")
    return [one["name"] for one in answer.json()["data"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Abe", "Ada", "Bo 100%"]),
        ("sort=-code", ["Bo 100%", "Ada", "Abe"]),
        ("q=ADA", ["Ada"]),
        ("q=ada@ex", ["Ada"]),
        ("q=C-3", ["Bo 100%"]),
        ("q=%25", []),
        ("currency=USD", ["Bo 100%"]),
        ("per_page=2&page=2", ["Bo 100%"]),
    ],
)
async def test_customers_are_found(
    client: httpx.AsyncClient, ada: str, query: str, expected: list[str]
) -> None:
    assert ada
    assert await names(client, query) == expected


async def test_a_page_says_how_many_there_are(client: httpx.AsyncClient, ada: str) -> None:
    assert ada
    answer = await client.get(f"{PATH}?per_page=2")
    assert answer.json()["meta"]["pagination"] == {"page": 1, "per_page": 2, "total": 3}


async def test_a_customer_is_read_by_id(client: httpx.AsyncClient, ada: str) -> None:
    answer = await client.get(f"{PATH}/{ada}")
    assert answer.json()["data"]["email"] == "ada@example.com"


async def test_an_unknown_customer_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{PATH}/{new_id()}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "BILLING_CUSTOMER_NOT_FOUND"


async def test_another_tenant_sees_none_of_them(
    signed_in: SignedIn, second_tenant: Tenant, ada: str
) -> None:
    other = signed_in(second_tenant)
    assert await names(other, "") == []
    assert (await other.get(f"{PATH}/{ada}")).status_code == 404
