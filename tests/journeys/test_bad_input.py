"""Bad input of every kind, to every route: never a 500, always a code that the documents list."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from socket import socket
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from dotmac_core_ops.errors import error_catalogue
from tests.journeys.site import Site, code_of
from tests.journeys.test_isolation_of_routes import Belongings, belongings

EXAMPLES = 5  # of each kind for each operation

# They take the place of each parameter and each field of a body. A place gets every eighth value,
# its neighbour the next one: every value and every place still come up many times.
SHARE = 8
PARTS = 4  # of the operations, so that they are tried side by side
NASTY: tuple[Any, ...] = (
    *("", " ", "\x00", "a\x00b", "x" * 20_000, "💥", "\u202e", "' OR 1=1 --", "%s%n", "{{7*7}}"),
    *("../../etc/passwd", "NaN", "Infinity", "-0", "1e400", "0x10", "١٢"),
    *("0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-12:00", "2026-11-20T12:00:00", "00000000-0000-0000-0000-000000000000"),
    *(0, -1, 2**31, 2**63, 10**30, 0.1, 1e308, -1e-308, True, None, [], {}, [None], [[]]),
    {"a": {"b": {"c": "\x00"}}},
)


# Said of a server that somebody named and that is not there; nothing of ours failed.
_THEIRS = frozenset({"PROVIDER_UNREACHABLE"})


@dataclass(frozen=True)
class Documented:
    """What the OpenAPI document and the catalogue allow an answer to be."""

    document: Mapping[str, Any]
    codes: frozenset[str]
    problems: dict[str, str] = field(default_factory=dict)

    def check(self, method: str, path: str, answer: httpx.Response, said: str) -> None:
        """Note what is wrong with `answer`, the first time it happens on this operation."""
        if answer.status_code < 400:
            return
        code = code_of(answer)
        responses = self.document["paths"][path][method.lower()]["responses"]
        listed = responses.get(str(answer.status_code), {}).get("x-error-codes", ())
        if answer.status_code >= 500 and code not in (_THEIRS & set(listed)):
            wrong = "is a fault"
        elif code not in self.codes:
            wrong = "is not in the catalogue"
        # A path parameter that is empty or holds a slash makes another path.
        elif code not in {*listed, "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"}:
            wrong = "is not documented for this operation"
        else:
            return
        kind = f"{method} {path}: {answer.status_code} {code} {wrong}"
        self.problems.setdefault(kind, said[:200])

    def report(self) -> str:
        """All problems, each with the first request that showed it."""
        return "\n".join(f"{kind}, e.g. {said}" for kind, said in self.problems.items())


@pytest.fixture
def documented(site: Site) -> Documented:
    """The rules that every answer is held to."""
    return Documented(site.app.openapi(), frozenset(entry.code for entry in error_catalogue()))


@dataclass(frozen=True)
class Attempt:
    """A request with one nasty value in one place."""

    place: str
    url: str
    query: dict[str, str]
    body: Any


def attempts(path: str, operation: Mapping[str, Any], has: Belongings) -> Iterator[Attempt]:
    """The operation with each nasty value in each place."""
    parameters = operation.get("parameters", [])
    inside = {p["name"]: has.named(p["name"])[0] for p in parameters if p["in"] == "path"}
    good = path.format_map(inside)
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("example")
    for number, nasty in enumerate(NASTY):
        text = nasty if isinstance(nasty, str) else json.dumps(nasty)
        tries = []
        for name in inside:
            segment = httpx.URL("/", params={"v": text}).query.decode()[2:]
            there = path.format_map({**inside, name: segment})
            tries.append(Attempt(f"path {name}", there, {}, body))
        for parameter in parameters:
            if parameter["in"] == "query":
                name = parameter["name"]
                tries.append(Attempt(f"query {name}", good, {name: text}, body))
        for place, changed in _spoiled(body, nasty):
            tries.append(Attempt(f"body {place}", good, {}, changed))
        yield from tries[-number % SHARE :: SHARE]


def _spoiled(body: Any, nasty: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 (any JSON)
    if body is None:
        return
    yield "", nasty
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        yield name, {**body, name: nasty}
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            for key in inner:
                changed = deepcopy(body)
                target = changed[name][0] if isinstance(value, list) else changed[name]
                target[key] = nasty
                yield f"{name}.{key}", changed


@pytest.mark.journey
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_value_in_any_place_is_a_fault_of_ours(
    site: Site, documented: Documented, part: int
) -> None:
    has = await belongings(site)
    tried = 0

    async with site.client(site.first) as client:
        for path, operations in sorted(documented.document["paths"].items())[part::PARTS]:
            for method, operation in operations.items():
                for attempt in attempts(path, operation, has):
                    tried += 1
                    answer = await client.request(
                        method,
                        attempt.url,
                        params=attempt.query,
                        json=attempt.body,
                        headers={"If-Match": "*"},
                    )
                    said = f"{attempt.place}: {attempt.query or attempt.body}"
                    documented.check(method.upper(), path, answer, said)

    assert tried > 1000
    assert not documented.problems, documented.report()


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[str]:
    """The site on a loopback port, in this event loop."""
    with closing(socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        # The site's fixture closes the database; the application's own lifespan would do it here.
        config = uvicorn.Config(site.app, lifespan="off", ws="none", log_config=None)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await task


def fuzz(url: str, site: Site, documented: Documented, has: Belongings, part: int) -> None:
    """What schemathesis finds: values that fit the schema, those that do not, things that exist."""
    schema = schemathesis.openapi.from_dict(dict(documented.document))
    headers = {"Authorization": f"Bearer {site.first.subject}", "If-Match": "*"}

    for result in islice(schema.get_all_operations(), part, None, PARTS):
        assert isinstance(result, Ok), result
        operation = result.ok()
        inside = {p.name: has.named(p.name)[0] for p in operation.path_parameters}
        strategies = [
            operation.as_strategy(GenerationMode.POSITIVE),
            operation.as_strategy(GenerationMode.NEGATIVE),
            *([operation.as_strategy(path_parameters=inside)] if inside else []),
        ]
        for strategy in strategies:

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def call(case: schemathesis.Case[Any]) -> None:
                answer = case.call(base_url=url, headers=headers)
                codes = answer.headers.get("x-error-code", ())
                plain = httpx.Response(
                    answer.status_code,
                    content=answer.content,
                    headers=[("X-Error-Code", one) for one in codes],
                )
                documented.check(case.method, case.path, plain, f"{case.query} {case.body!r}")

            # Without a parameter or a body there is nothing to get wrong.
            with suppress(Unsatisfiable):
                call()


@pytest.mark.journey
@pytest.mark.parametrize("part", range(PARTS))
async def test_schemathesis_finds_no_fault(site: Site, documented: Documented, part: int) -> None:
    has = await belongings(site)

    async with serving(site) as url:
        await asyncio.to_thread(fuzz, url, site, documented, has, part)

    assert not documented.problems, documented.report()
