"""What tests over HTTP say again and again."""

from __future__ import annotations

from typing import Any

import httpx


async def created(client: httpx.AsyncClient, **values: object) -> dict[str, Any]:
    """A customer that was made."""
    answer = await client.post("/customers", json=values)
    assert answer.status_code == 201, answer.text
    customer: dict[str, Any] = answer.json()["data"]
    return customer


async def read(client: httpx.AsyncClient, customer: dict[str, Any]) -> dict[str, Any]:
    """The customer as it is now."""
    answer = await client.get(f"/customers/{customer['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def names(client: httpx.AsyncClient, **query: str) -> list[str]:
    """The names of a list, sorted."""
    answer = await client.get("/customers", params=query)
    assert answer.status_code == 200, answer.text
    return sorted(customer["name"] for customer in answer.json()["data"])


def code(answer: httpx.Response) -> str:
    """Status and code of a refusal."""
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"
