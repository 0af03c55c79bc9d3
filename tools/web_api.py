"""Write what the web app knows of the API, or check that it is current.

Usage: web_api.py --write | --check

Writing needs Node: openapi-typescript makes the types. Checking needs none: each file begins with
the digest of what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dotmac_platform.application import openapi_document

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
SCHEMA, RULES = WEB / "src/api/schema.d.ts", WEB / "src/api/rules.ts"
DOCUMENT = ROOT / "build/openapi-of-web.json"

Json = Mapping[str, Any]

# What a form checks before it sends, by its name in OpenAPI.
_BOUNDS = {
    **{name: name for name in ("minLength", "maxLength", "minimum", "maximum", "maxItems")},
    **{name: name for name in ("pattern", "exclusiveMinimum", "exclusiveMaximum")},
}
_PROSE = {"description", "example", "examples", "title"}
_KINDS = {"date": "day", "date-time": "instant"}


def needed(document: Json) -> dict[str, Any]:
    """The part of the OpenAPI document that the app is typed by: no refusals, no examples."""
    paths = {
        path: {method: _operation(found) for method, found in methods.items()}
        for path, methods in document["paths"].items()
        if path.startswith("/api/")
    }
    schemas = {name: _plain(found) for name, found in document["components"]["schemas"].items()}
    head = {name: document[name] for name in ("openapi", "info")}
    return {**head, "paths": paths, "components": {"schemas": schemas}}


def _operation(operation: Json) -> dict[str, Any]:
    responses = {
        status: {"description": "", "content": _plain(answer.get("content", {}))}
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    }
    parameters = [
        {name: _plain(value) for name, value in parameter.items() if name not in _PROSE}
        for parameter in operation.get("parameters", ())
    ]
    found = {"summary": operation["summary"], "parameters": parameters, "responses": responses}
    if "requestBody" in operation:
        found["requestBody"] = _plain(operation["requestBody"])
    return found


def _plain(schema: Any, *, are_names: bool = False) -> Any:  # noqa: ANN401 (any part of a JSON document)
    """`schema` without examples and titles; below `properties` the keys are names of fields."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _plain(value, are_names=name == "properties" and not are_names)
        for name, value in schema.items()
        if are_names or name not in _PROSE - {"description"}
    }


def digest_of(known: Json) -> str:
    """The same for documents that say the same."""
    text = json.dumps(known, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def notice(digest: str) -> str:
    """The first lines of a generated file."""
    return f"// Written by `make client`; change the API instead.\n// OpenAPI: {digest}\n"


def rules_of(document: Json) -> str:
    """A TypeScript module with what may be in each field of each request body."""
    schemas: Json = document["components"]["schemas"]
    bodies = [
        f"export const {name} = {{\n{''.join(_fields(schemas[name], schemas))}}} satisfies Rules\n"
        for name in sorted(schemas)
        if name.endswith("In") and schemas[name].get("properties")
    ]
    return "\n".join(["import type { Rules } from '@/lib/rules'\n", *bodies])


def _fields(body: Json, schemas: Json) -> Iterator[str]:
    required = set(body.get("required", ()))
    for name, field in body["properties"].items():
        rule = _rule(field, schemas)
        if name in required:
            rule["required"] = True
        yield f"  {name}: {json.dumps(rule)},\n"


def _rule(field: Json, schemas: Json) -> dict[str, Any]:
    """What may be in a field; null beside something else means that it may be left empty."""
    choices = [one for one in field.get("anyOf", (field,)) if one.get("type") != "null"]
    found = choices[0]
    if "$ref" in found:
        found = schemas[found["$ref"].rpartition("/")[2]]
    kind = found.get("type", "object")
    rule: dict[str, Any] = {"kind": _KINDS.get(found.get("format", ""), kind)}
    if "enum" in found:
        rule["choices"] = found["enum"]
    rule |= {ours: found[theirs] for theirs, ours in _BOUNDS.items() if theirs in found}
    return rule


def write() -> None:
    """Make both files anew."""
    document = needed(openapi_document())
    head = notice(digest_of(document))
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(json.dumps(document))
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            *(str(WEB / "node_modules/.bin/openapi-typescript"), str(DOCUMENT), "-o", str(SCHEMA)),
            "--default-non-nullable=false",  # what may be left out of a request may be left out
        ],
        check=True,
    )
    SCHEMA.write_text(head + SCHEMA.read_text())
    RULES.write_text(head + rules_of(document))


def stale(document: Json) -> Iterator[str]:
    """The files that were made from a document that says something else."""
    head = notice(digest_of(needed(document)))
    for path in (SCHEMA, RULES):
        if not path.exists() or not path.read_text().startswith(head):
            yield str(path.relative_to(ROOT))


def main() -> int:
    """0 when the files are as they should be."""
    if sys.argv[1:] == ["--write"]:
        write()
        return 0
    if sys.argv[1:] != ["--check"]:
        print(__doc__, file=sys.stderr)
        return 2
    outdated = list(stale(openapi_document()))
    for name in outdated:
        print(f"{name} is not what the API says; run `make client`", file=sys.stderr)
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
