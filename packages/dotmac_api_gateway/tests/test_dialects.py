"""Below the prefix of a dialect every refusal looks as its protocol wants, whoever makes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, Request

from dotmac_api_gateway import Gateway, create_app
from dotmac_core_ops.database import Database
from dotmac_core_ops.dialect import Dialect
from dotmac_core_ops.errors import DomainError, InvalidError
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Principal, requires
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant

router = APIRouter(prefix="/flags")


@router.post("/raise")
async def hoist(
    body: dict[str, Any], _: Annotated[Principal, Depends(requires("flags:raise"))]
) -> dict[str, Any]:
    """Raise a flag, but not the letter Q."""
    if body.get("letter") == "Q":
        raise KeyError("the halyard is torn")
    return body


@router.get("/many")
async def many(number: int, _: Annotated[Principal, Depends(requires("flags:raise"))]) -> int:
    """As many as wanted."""
    return number


def semaphore(refusal: DomainError) -> dict[str, object]:
    return {"signal": refusal.code, "words": refusal.message}


FLAGS = Dialect(
    "/flags",
    "application/flags+json",
    lambda kind: 400 if issubclass(kind, InvalidError) else kind.status,
    semaphore,
    {"type": "object", "title": "Flags"},
)


@pytest.fixture
def app(database: Database, tenant: Tenant) -> Gateway:
    async def authenticate(request: Request) -> Principal | None:
        if "authorization" not in request.headers:
            return None
        held = frozenset({request.headers["authorization"]})
        return Principal(tenant.id, "somebody", "user", "Somebody", held)

    return create_app(
        [Module("flags", (router,), dialects=(FLAGS,))],
        database=database,
        settings=Settings(environment="test", max_body_bytes=1024),
        authenticate=authenticate,
    )


@pytest.fixture
async def client(app: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://flags.example/api/v1",
        headers={"Authorization": "flags:raise"},
    ) as opened:
        yield opened


async def test_whoever_refuses_it_looks_as_the_dialect_wants(client: httpx.AsyncClient) -> None:
    in_flags = {"Content-Type": "application/flags+json"}
    said = [
        await client.post("/flags/raise", json={}, headers={"Authorization": "flags:lower"}),
        await client.post("/flags/raise", content="{", headers=in_flags),
        await client.post("/flags/raise", content="x" * 2000, headers=in_flags),
        await client.post("/flags/raise", json={"letter": "Q"}),
        await client.get("/flags/many", params={"number": "x"}),
        await client.get("/flags/nowhere"),
        await client.get("/flags"),
        await client.get("/flags/raise"),
    ]

    assert [(one.status_code, one.json()["signal"]) for one in said] == [
        (403, "PERMISSION_DENIED"),
        (400, "MALFORMED_JSON"),
        (413, "BODY_TOO_LARGE"),
        (500, "INTERNAL_ERROR"),
        (400, "VALIDATION_FAILED"),
        (404, "ROUTE_NOT_FOUND"),
        (404, "ROUTE_NOT_FOUND"),
        (405, "METHOD_NOT_ALLOWED"),
    ]
    assert {one.headers["Content-Type"] for one in said} == {"application/flags+json"}
    assert all(one.headers["X-Error-Code"] == one.json()["signal"] for one in said)
    assert "halyard" not in said[3].text


async def test_a_stranger_is_asked_for_credentials(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]

    answer = await client.post("/flags/raise", json={})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["signal"] == "AUTHENTICATION_REQUIRED"


@pytest.mark.parametrize("path", ["/flagship", "/flag/raise", "/"])
async def test_elsewhere_the_envelope_is_spoken(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.json()["error"]["code"] == "ROUTE_NOT_FOUND"
    assert "X-Error-Code" not in answer.headers


async def test_the_document_says_so(app: Gateway) -> None:
    operation = app.openapi()["paths"]["/api/v1/flags/raise"]["post"]

    assert set(operation["requestBody"]["content"]) == {"application/flags+json"}
    refused = operation["responses"]["400"]
    assert refused["content"] == {
        "application/flags+json": {"schema": {"$ref": "#/components/schemas/Flags"}}
    }
    assert "VALIDATION_FAILED" in refused["x-error-codes"]
    assert "422" not in operation["responses"]
