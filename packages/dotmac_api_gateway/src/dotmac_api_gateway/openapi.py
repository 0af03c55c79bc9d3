"""The OpenAPI document: what FastAPI derives, and what it cannot know."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from dotmac_api_gateway.dialects import Dialects
from dotmac_api_gateway.error_codes import Reactions, checks_version, refusals_of, takes_key
from dotmac_api_gateway.examples import example_of
from dotmac_api_gateway.idempotency import HEADER, REPLAYED
from dotmac_api_gateway.reachable import Refusal
from dotmac_api_gateway.routing import GatewayRoute
from dotmac_core_ops.dialect import Dialect
from dotmac_core_ops.principal import Requirement

JsonObject = dict[str, Any]

_JSON = "application/json"

_SECURITY_SCHEMES: JsonObject = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token of a sign-in, or an API key.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key.",
    },
}
_ERROR: JsonObject = {
    "type": "object",
    "title": "Error",
    "description": "Every refusal. Branch on `code`; `message` is for people and may change.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string", "examples": ["VALIDATION_FAILED"]},
                "message": {"type": "string"},
                "details": {"type": "object", "additionalProperties": True},
            },
        }
    },
}
_KEY_PARAMETER: JsonObject = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "A text of your own for this one request. Sent again with the same body, it "
    f"gets the first answer again, with `{REPLAYED}: true`; kept for 24 hours.",
}
_MATCH_PARAMETER: JsonObject = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "example": '"3"',
    "description": "The `ETag` of the version that you read; `*` for whichever it is.",
}
_DESCRIPTION = """\
Success answers `{"data": …, "meta": {…}}`, a refusal `{"error": {"code", "message", "details"}}`.
Every answer carries `X-Request-ID`; send one and it is kept, in the logs and in events as well.
Money is a number beside a `currency`; send a number or a string, exact either way. Lists take
`page` and `per_page`, and `sort` with `-` for descending. A `POST` with `Idempotency-Key` is done
once.
"""


def build_document(
    *,
    title: str,
    version: str,
    routes: Sequence[BaseRoute],
    reactions: Reactions,
    dialects: Dialects,
) -> JsonObject:
    """The document of all GatewayRoutes among `routes` that are meant to be seen.

    `reactions` are what runs in the same transaction on account of an event, by its class;
    `dialects` say where refusals do not look like the envelope's.
    """
    document: JsonObject = get_openapi(
        title=title, version=version, description=_DESCRIPTION, routes=routes
    )
    schemas: JsonObject = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Error"] = _ERROR
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = _SECURITY_SCHEMES
    examples: JsonObject = {}
    for route in routes:
        if isinstance(route, GatewayRoute) and route.include_in_schema:
            dialect = dialects.at(route.path_format)
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                _complete(operation, route, method, schemas)
                if dialect is not None:
                    _take_in(operation, dialect)
                    schemas[dialect.schema["title"]] = dialect.schema
                for status, refusal in _refusals(route, method, reactions, dialect, examples):
                    operation["responses"].setdefault(status, refusal)
    document["components"]["examples"] = dict(sorted(examples.items()))
    document["tags"] = [{"name": name} for name in _tags(document)]
    return document


def _tags(document: JsonObject) -> list[str]:
    return sorted(
        {
            tag
            for path in document["paths"].values()
            for operation in path.values()
            for tag in operation.get("tags", ())
        }
    )


def _complete(
    operation: JsonObject,
    route: GatewayRoute,
    method: str,
    schemas: JsonObject,
) -> None:
    parameters: list[JsonObject] = operation.setdefault("parameters", [])
    named = {parameter["name"].lower() for parameter in parameters}
    if takes_key(route, method):
        parameters.append(_KEY_PARAMETER)
    if checks_version(route) and "if-match" not in named:
        parameters.append(_MATCH_PARAMETER)
    if route.requirement is not None:
        operation["security"] = [{"bearer": []}, {"apiKey": []}]
        _describe_permission(operation, route.requirement)
    else:
        operation["security"] = []
    operation["responses"] = {
        status: response
        for status, response in operation["responses"].items()
        if status != "422" or "HTTPValidationError" not in str(response)
    }
    for content in (operation.get("requestBody", {}), *operation["responses"].values()):
        _add_example(content.get("content", {}), schemas)


def _describe_permission(operation: JsonObject, requirement: Requirement) -> None:
    permission = requirement.permission
    if permission is None:
        needed = "Needs a signed-in principal."
    else:
        needed = f"Needs the permission `{permission}`."
        operation["x-permission"] = permission
    if requirement.scoped:
        needed += " Who holds it for a part meets that part."
        operation["x-scoped"] = True
    operation["description"] = "\n\n".join(filter(None, [operation.get("description"), needed]))


def _add_example(content: JsonObject, schemas: JsonObject) -> None:
    for media_type, body in content.items():
        is_given = "example" in body or "examples" in body
        if media_type.endswith("json") and body.get("schema") and not is_given:
            body["example"] = example_of(body["schema"], schemas)


def _take_in(operation: JsonObject, dialect: Dialect) -> None:
    """Say that a body has the dialect's media type, which ends in `+json`.

    It is read as plain JSON as well; said twice, generated clients would have two kinds of body.
    """
    content = operation.get("requestBody", {}).get("content", {})
    if _JSON in content:
        content[dialect.media_type] = content.pop(_JSON)


def _refusals(
    route: GatewayRoute,
    method: str,
    reactions: Reactions,
    dialect: Dialect | None,
    examples: JsonObject,
) -> Iterator[tuple[str, JsonObject]]:
    if dialect is None:
        for status, kinds in refusals_of(route, method, reactions).items():
            yield str(status), _refusal(status, kinds, examples)
    else:
        for status, kinds in refusals_of(route, method, reactions, dialect.status_of).items():
            schema = {"$ref": f"#/components/schemas/{dialect.schema['title']}"}
            yield str(status), _described(status, kinds, dialect.media_type, schema)


def _described(
    status: int, kinds: Sequence[Refusal], media_type: str, schema: Mapping[str, Any]
) -> JsonObject:
    codes = [kind.code for kind in kinds]
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in codes)}",
        "x-error-codes": codes,
        "content": {media_type: {"schema": schema}},
    }


def _refusal(status: int, kinds: Sequence[Refusal], examples: JsonObject) -> JsonObject:
    for kind in kinds:
        meaning = (inspect.getdoc(kind) or "").splitlines()[0]
        error = {"code": kind.code, "message": meaning, "details": {}}
        examples[kind.code] = {"summary": meaning, "value": {"error": error}}
    described = _described(status, kinds, _JSON, {"$ref": "#/components/schemas/Error"})
    described["content"][_JSON]["examples"] = {
        kind.code: {"$ref": f"#/components/examples/{kind.code}"} for kind in kinds
    }
    return described
