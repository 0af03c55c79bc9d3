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


async def changed(
    client: httpx.AsyncClient, customer: str, change: dict[str, object]
) -> httpx.Response:
    tag = (await client.get(f"{PATH}/{customer}")).headers["etag"]
    return await client.patch(f"{PATH}/{customer}", json=change, headers={"if-match": tag})


async def test_a_payer_gets_an_address_and_a_tax_number(
    client: httpx.AsyncClient, ada: str
) -> None:
    address = {"street": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}

    answer = await changed(
        client, ada, {**address, "tax_id": "de 136 695 976", "is_business": True}
    )

    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert {name: data[name] for name in address} == address
    assert (data["tax_id"], data["is_business"]) == ("DE136695976", True)
    assert data["tax_id_valid_on"] is not None
    assert data["version"] == 2
    assert (await client.get(f"{PATH}/{ada}")).json()["data"] == data


async def test_a_number_that_moves_to_another_country_is_looked_at_again(
    client: httpx.AsyncClient, ada: str
) -> None:
    await changed(client, ada, {"country": "DE", "tax_id": "DE136695976"})

    refused = await changed(client, ada, {"country": "FR"})
    unknown = await changed(client, ada, {"country": "NG"})  # no rules are known for its numbers

    assert refused.json()["error"]["code"] == "INVALID_TAX_NUMBER"
    assert unknown.json()["data"]["tax_id_valid_on"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"country": "DE", "tax_id": "DE136695977"}, "INVALID_TAX_NUMBER"),
        ({"name": None}, "VALIDATION_FAILED"),
        ({"name": ""}, "VALIDATION_FAILED"),
        ({"region": "US-CA"}, "VALIDATION_FAILED"),
        ({"time_zone": "Mars/Olympus"}, "UNKNOWN_TIME_ZONE"),
        ({}, "VALIDATION_FAILED"),
    ],
)
async def test_what_makes_no_sense_of_a_payer_is_refused(
    client: httpx.AsyncClient, ada: str, change: dict[str, object], code: str
) -> None:
    refused = await changed(client, ada, change)

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == code


async def test_a_payer_is_changed_by_who_read_it(client: httpx.AsyncClient, ada: str) -> None:
    tag = (await client.get(f"{PATH}/{ada}")).headers["etag"]
    await changed(client, ada, {"city": "Berlin"})

    late = await client.patch(f"{PATH}/{ada}", json={"city": "Bonn"}, headers={"if-match": tag})
    blind = await client.patch(f"{PATH}/{ada}", json={"city": "Bonn"})

    assert (late.status_code, blind.status_code) == (412, 428)
    assert (await client.get(f"{PATH}/{ada}")).json()["data"]["city"] == "Berlin"


async def test_a_value_can_be_taken_away(client: httpx.AsyncClient, ada: str) -> None:
    await changed(client, ada, {"city": "Berlin", "payment_terms_days": 30})

    answer = await changed(client, ada, {"payment_terms_days": None})

    assert answer.json()["data"]["payment_terms_days"] is None
    assert answer.json()["data"]["city"] == "Berlin"
