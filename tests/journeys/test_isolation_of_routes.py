"""Another tenant reads nothing and changes nothing through any route there is.

The second tenant's owner, who may do everything there, calls every route with identifiers of the
first tenant: in the path, in the query, and wherever a body names something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest

from dotmac_core_ops.database import PooledConnection
from tests.journeys.site import Site

UUID_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
EACH = 2  # identifiers of a table that are tried in one place

TABLES = """
SELECT n.nspname || '.' || c.relname AS name,
       ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped AND format_type(a.atttypid, NULL) = 'text') AS texts,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id') AS has_id
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition
  AND has_table_privilege('dotmac_app', c.oid, 'SELECT')
ORDER BY name
"""


@dataclass
class Belongings:
    """What the first tenant has: identifiers by table, texts by column, a digest of each table."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    digests: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def all_ids(self) -> set[str]:
        return {one for ids in self.ids.values() for one in ids}

    def named(self, name: str) -> list[str]:
        """Identifiers that fit a parameter called `name`; one of each table if none does."""
        thing = name.removesuffix("_id").removesuffix("_ids")
        fitting = [
            one
            for table, ids in self.ids.items()
            if re.search(rf"[._]{re.escape(thing)}(s|es)?$", table)
            for one in ids[:EACH]
        ]
        return fitting or [ids[0] for ids in self.ids.values() if ids]


async def belongings(site: Site) -> Belongings:
    """Read as the first tenant, whatever it has."""
    found = Belongings()
    async with site.database.read(site.first.tenant_id) as connection:
        for table in await connection.fetch(TABLES):
            await _read_table(connection, table, found)
    return found


async def _read_table(
    connection: PooledConnection, table: asyncpg.Record, found: Belongings
) -> None:
    name = table["name"]
    rows = await connection.fetch(
        f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest FROM {name} t"
    )
    found.digests[name] = (rows[0]["count"], rows[0]["digest"])
    if table["has_id"]:
        ids = await connection.fetch(f"SELECT id::text FROM {name}")
        found.ids[name] = [row["id"] for row in ids]
    for column in table["texts"]:
        values = await connection.fetch(
            f'SELECT DISTINCT "{column}" AS value FROM {name} WHERE "{column}" <> \'\' LIMIT {EACH}'
        )
        found.texts.setdefault(column, []).extend(row["value"] for row in values)


@dataclass(frozen=True)
class Call:
    """A request that names something of the first tenant."""

    method: str
    path: str
    query: dict[str, str]
    body: Any

    @property
    def said(self) -> str:
        """Everything the request itself contains."""
        return f"{self.path} {self.query} {json.dumps(self.body)}"


def calls(document: dict[str, Any], has: Belongings) -> Iterator[Call]:
    """Every route with every identifier that fits."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from _calls_of(method.upper(), path, operation, has)


def _calls_of(method: str, path: str, operation: dict[str, Any], has: Belongings) -> Iterator[Call]:
    parameters = operation.get("parameters", [])
    in_path = {p["name"]: _values(p, has) for p in parameters if p["in"] == "path"}
    in_query = {p["name"]: _values(p, has) for p in parameters if p["in"] == "query"}
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("example")
    tries = max([EACH, *map(len, in_path.values())])
    for turn in range(tries):
        filled = path
        for name, values in in_path.items():
            filled = filled.replace(f"{{{name}}}", values[turn % len(values)])
        query = {
            name: values[turn % len(values)]
            for name, values in in_query.items()
            if name.endswith("_id") or name == "q"
        }
        yield Call(method, filled, query, _taken_over(body, "", has, turn))


def _values(parameter: dict[str, Any], has: Belongings) -> list[str]:
    schema = parameter.get("schema", {})
    if "uuid" in json.dumps(schema):
        return has.named(parameter["name"])
    known = has.texts.get(parameter["name"].removeprefix("customer_"), [])
    return known[:EACH] or [str(schema.get("enum", ["x"])[0])]


def _taken_over(value: Any, key: str, has: Belongings, turn: int) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, dict):
        return {name: _taken_over(item, name, has, turn) for name, item in value.items()}
    if isinstance(value, list):
        return [_taken_over(item, key, has, turn) for item in value]
    if isinstance(value, str) and UUID_FORM.fullmatch(value):
        fitting = has.named(key)
        return fitting[turn % len(fitting)]
    return value


def leaked(call: Call, answer: httpx.Response, has: Belongings) -> set[str]:
    """What the answer says about the first tenant that the request did not say itself."""
    said = set(UUID_FORM.findall(call.said))
    return (set(UUID_FORM.findall(answer.text)) & has.all_ids) - said


@pytest.mark.journey
async def test_no_route_shows_or_takes_anything_across_tenants(site: Site) -> None:
    has = await belongings(site)
    statuses: dict[str, set[int]] = {}
    problems: list[str] = []

    async with site.client(site.second) as client:
        for call in calls(site.app.openapi(), has):
            answer = await client.request(
                call.method,
                call.path,
                params=call.query,
                json=call.body,
                headers={"If-Match": "*"},
            )
            statuses.setdefault(call.method, set()).add(answer.status_code)
            if answer.status_code >= 500:
                problems.append(f"{call.method} {call.path}: {answer.status_code}")
            if shown := leaked(call, answer, has):
                problems.append(f"{call.method} {call.path} shows {sorted(shown)[:3]}")

    after = await belongings(site)
    changed = [name for name, before in has.digests.items() if after.digests[name] != before]
    assert sum(count for count, _ in has.digests.values()) > 500
    assert {200, 404} <= statuses["GET"]
    assert problems == []
    assert changed == []


@pytest.mark.journey
async def test_the_first_tenant_itself_does_see_its_things(site: Site) -> None:
    """Otherwise the test above would pass on a platform that shows nobody anything."""
    has = await belongings(site)
    seen: set[str] = set()

    async with site.client(site.first) as client:
        for call in calls(site.app.openapi(), has):
            if call.method == "GET":
                answer = await client.get(call.path, params=call.query)
                seen |= set(UUID_FORM.findall(answer.text)) & has.all_ids

    assert len(seen) > 50
