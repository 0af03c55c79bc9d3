"""What tests over HTTP say again and again."""

from __future__ import annotations

from typing import Any

import httpx


def code(answer: httpx.Response) -> str:
    """Status and code of a refusal."""
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


def data(answer: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 (any JSON)
    """What a good answer says."""
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


async def machine(client: httpx.AsyncClient, code: str = "PRESS-1", **values: object) -> Any:  # noqa: ANN401 (any JSON)
    """A piece of equipment that was entered."""
    body = {"code": code, "name": f"Machine {code}", **values}
    return data(await client.post("/equipment", json=body), 201)


async def planned(
    client: httpx.AsyncClient, equipment: dict[str, Any], code: str = "PM-1", **values: object
) -> Any:  # noqa: ANN401 (any JSON)
    """A monthly schedule from 31 January 2026 that was made, unless something else is said."""
    body = {
        "code": code,
        "title": f"Service {code}",
        "equipment_id": equipment["id"],
        "frequency": "monthly",
        "anchor_on": "2026-01-31",
        "duration_minutes": 90,
        **values,
    }
    return data(await client.post("/pm-schedules", json=body), 201)


async def codes(client: httpx.AsyncClient, path: str = "/pm-schedules", **query: str) -> list[str]:
    """The codes of a list, in its order."""
    return [row["code"] for row in data(await client.get(path, params=query))]
