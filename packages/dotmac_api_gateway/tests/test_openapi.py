"""The document says everything a client can meet."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from dotmac_api_gateway import create_app
from dotmac_api_gateway.application import OperationNameTakenError
from dotmac_api_gateway.examples import example_of
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    """The document as it is served."""
    return dict((await client.get("/openapi.json")).json())


def codes(operation: dict[str, Any], status: int) -> list[str]:
    return list(operation["responses"][str(status)]["x-error-codes"])


async def test_errors_are_listed_by_status(document: dict[str, Any]) -> None:
    make = document["paths"]["/api/v1/kites"]["post"]

    assert "VALIDATION_FAILED" in codes(make, 422)
    assert "MALFORMED_JSON" in codes(make, 400)
    assert {"PERMISSION_DENIED", "SCOPE_NOT_SUPPORTED", "WRONG_AUDIENCE"} <= set(codes(make, 403))
    assert "AUTHENTICATION_REQUIRED" in codes(make, 401)
    assert codes(make, 413) == ["BODY_TOO_LARGE"]
    assert {"IDEMPOTENCY_KEY_REUSED", "KITE_TORN"} <= set(codes(make, 409))
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_every_listed_code_has_an_example(document: dict[str, Any]) -> None:
    examples = document["components"]["examples"]

    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                assert set(response.get("x-error-codes", ())) <= set(examples)
    assert examples["KITE_TORN"]["summary"] == "A torn kite does not fly."


async def test_what_a_route_asks_is_said(document: dict[str, Any]) -> None:
    make = document["paths"]["/api/v1/kites"]["post"]
    change = document["paths"]["/api/v1/kites/{kite_id}"]["patch"]
    weather = document["paths"]["/api/v1/weather"]["get"]

    assert make["security"] == [{"bearer": []}, {"apiKey": []}]
    assert make["x-permission"] == "kites:write"
    assert "`kites:write`" in make["description"]
    assert {"Idempotency-Key"} == {each["name"] for each in make["parameters"]}
    assert "If-Match" in {each["name"] for each in change["parameters"]}
    assert codes(change, 428) == ["PRECONDITION_REQUIRED"]
    assert weather["security"] == []


async def test_operations_have_stable_names_and_tags(document: dict[str, Any]) -> None:
    assert document["paths"]["/api/v1/kites"]["post"]["operationId"] == "kites_make"
    assert document["paths"]["/api/v1/kites"]["post"]["tags"] == ["kites"]
    assert {"name": "kites"} in document["tags"]
    assert "/metrics" not in document["paths"]
    assert "/health" in document["paths"]


async def test_bodies_have_examples(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/kites"]["post"]["requestBody"]

    assert body["content"]["application/json"]["example"]["name"] == "Ada Lovelace"


def test_two_routes_of_one_name_stop_the_start(database: Database) -> None:
    router = APIRouter()
    for path in ("/one", "/two", "/three"):
        router.add_api_route(path, nothing)

    with pytest.raises(OperationNameTakenError, match="/three"):
        create_app(
            [Module("toy", (router,))],
            database=database,
            settings=Settings(environment="test"),
            authenticate=nobody,
        )


async def nothing() -> None:
    """Does nothing."""


async def nobody(_: object) -> Principal | None:
    return None


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string", "examples": ["x"]}, "x"),
        ({"enum": ["draft", "open"]}, "draft"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "number", "exclusiveMinimum": 0}, 1),
        ({"type": "string", "format": "date"}, "2026-11-20"),
        ({"type": "string", "minLength": 6}, "textxx"),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"type": "array", "items": {"type": "string"}}, ["text"]),
        ({"type": "string", "minLength": 1, "default": ""}, "text"),
        ({}, {}),
    ],
)
def test_an_example_fits_its_schema(schema: dict[str, Any], example: object) -> None:
    assert example_of(schema, {}) == example


def test_the_example_of_what_holds_itself_ends() -> None:
    itself = {"$ref": "#/components/schemas/Loop"}
    loop = {"type": "object", "properties": {"next": itself}}

    example = example_of(itself, {"Loop": loop})

    assert example["next"]["next"]["next"]
    assert str(example).count("next") < 20


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_the_documentation_needs_no_other_host(client: httpx.AsyncClient, page: str) -> None:
    answer = await client.get(page)
    assets = [part.split('"')[0] for part in answer.text.split('="')[1:] if "/assets/" in part]

    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.text
    assert "://" not in answer.text
    assert len(assets) >= 3
    for asset in assets:
        assert (await client.get(f"/{asset}")).status_code == 200


async def test_only_known_files_are_served(client: httpx.AsyncClient) -> None:
    for name in ("nothing.js", "..%2f..%2fcore.py", "__init__.py"):
        assert (await client.get(f"/docs/assets/{name}")).status_code in {404, 422}
