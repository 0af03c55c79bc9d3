"""Every endpoint is documented with words and with examples that its own schema accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jsonschema
import pytest

from tests.journeys.site import Site


class Body(NamedTuple):
    """A body that goes in or comes out, with what is documented of it."""

    where: str
    content: Mapping[str, Any]


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies(document: Mapping[str, Any]) -> Iterator[Body]:
    """Every JSON body, by whatever name; files have no example."""
    for name, operation in operations(document):
        sent = operation.get("requestBody", {}).get("content", {})
        yield from _in_json(f"{name} in", sent)
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                yield from _in_json(f"{name} {status}", response.get("content", {}))


def _in_json(where: str, content: Mapping[str, Any]) -> Iterator[Body]:
    for media_type, body in content.items():
        if media_type.endswith("json"):
            yield Body(where, body)


def _is_left_out(problem: jsonschema.ValidationError) -> bool:
    """Whether what is missing is a null: FastAPI leaves them out of examples."""
    schema: Any = problem.schema
    wanted: Any = problem.validator_value
    given: Any = problem.instance
    return problem.validator == "required" and all(
        {"type": "null"} in schema["properties"][name].get("anyOf", ())
        for name in set(wanted) - set(given)
    )


def refused(body: Body, document: Mapping[str, Any]) -> str | None:
    """What is wrong with the example of a body, if anything is."""
    if "example" not in body.content:
        return f"{body.where}: no example"
    schema = {**body.content["schema"], "components": document["components"]}
    found = jsonschema.Draft202012Validator(schema).iter_errors(body.content["example"])
    problem = next((one for one in found if not _is_left_out(one)), None)
    return problem and f"{body.where}: {problem.json_path}: {problem.message[:120]}"


@pytest.fixture
def document(site: Site) -> dict[str, Any]:
    return site.app.openapi()


@pytest.mark.journey
async def test_every_endpoint_says_what_it_does(document: dict[str, Any]) -> None:
    silent = [
        name
        for name, operation in operations(document)
        if not (operation.get("summary") and operation.get("description"))
    ]

    assert silent == []


@pytest.mark.journey
async def test_every_body_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    found = list(bodies(document))

    assert len(found) > 200
    assert [problem for body in found if (problem := refused(body, document))] == []
