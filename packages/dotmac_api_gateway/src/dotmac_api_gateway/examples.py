"""An example for every body in the OpenAPI document, made from its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEEPEST = 16  # a list, a choice and a reference are a level each
_BY_FORMAT: dict[str, Any] = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T09:30:00Z",
    "email": "ada@example.com",
    "uuid": "01a1f886-6947-7665-afd7-bd4f01a67bf6",
    "uri": "https://example.com/",
    "binary": "",
    "password": "correct horse battery staple",
}
_BY_NAME: dict[str, Any] = {
    "city": "Nairobi",
    "code": "FIBER-100",
    "country": "KE",
    "currency": "EUR",
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "page": 1,
    "per_page": 20,
    "phone": "+254700000000",
    "q": "ada",
    "slug": "acme",
    "status": "active",
    "time_zone": "Africa/Nairobi",
    "total": 1,
}

Schema = Mapping[str, Any]


def example_of(schema: Schema, components: Schema, name: str = "", depth: int = 0) -> Any:  # noqa: ANN401 (any JSON)
    """A value that `schema` accepts, as far as it says; the same at every call.

    What the schema itself gives (an example, a constant, the first of its values) comes first, then
    what fits the field's `name`.
    """
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        if depth > _DEEPEST:
            return {}
        return example_of(components.get(target, {}), components, name, depth + 1)
    given = _given(schema)
    if given is not None:
        return given
    for word in ("anyOf", "oneOf", "allOf"):
        if choices := [part for part in schema.get(word, ()) if part.get("type") != "null"]:
            return example_of(choices[0], components, name, depth + 1)
    return _of_type(schema, components, name, depth)


def _given(schema: Schema) -> Any:  # noqa: ANN401 (any JSON)
    if schema.get("examples"):
        return schema["examples"][0]
    for word in ("example", "const", "default"):
        if schema.get(word) not in (None, ""):  # which says that nothing was said
            return schema[word]
    return schema["enum"][0] if schema.get("enum") else None


def _of_type(schema: Schema, components: Schema, name: str, depth: int) -> Any:  # noqa: ANN401 (any JSON)
    kind = schema.get("type")
    if kind == "object":
        return {
            key: example_of(value, components, key, depth + 1)
            for key, value in schema.get("properties", {}).items()
            if depth <= _DEEPEST
        }
    if kind == "array":
        singular = name.removesuffix("s")
        return [example_of(schema.get("items", {}), components, singular, depth + 1)]
    if kind == "string":
        return _text(schema, name)
    if kind in {"integer", "number"}:
        return _BY_NAME.get(name, schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
    return True if kind == "boolean" else None if kind == "null" else {}


def _text(schema: Schema, name: str) -> str:
    by_format = _BY_FORMAT.get(schema.get("format", ""))
    text = str(_BY_NAME.get(name, name or "text") if by_format is None else by_format)
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 200)]
