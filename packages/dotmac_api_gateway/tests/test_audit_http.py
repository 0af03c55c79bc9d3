"""The audit log over HTTP: found, taken away, proven, and what an intruder cannot hide."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn, signed_in_clients
from dotmac_core_ops import core_module
from dotmac_core_ops.audit import AuditRow, record_many, seal
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.principal import Actor, acting_as
from dotmac_core_ops.testing import Tenant


@pytest.fixture
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    async with signed_in_clients(database, core_module.module) as opened:
        yield opened


@pytest.fixture
def client(signed_in: SignedIn, tenant: Tenant) -> httpx.AsyncClient:
    return signed_in(tenant)


async def done(
    database: Database, tenant: Tenant, actor: Actor, *actions: str, target: str = "1"
) -> None:
    with acting_as(actor):
        async with database.transaction(tenant.id) as session:
            await record_many(session, [AuditRow(one, ("thing", target)) for one in actions])


async def sealed(database: Database, tenant: Tenant, count: int) -> None:
    """Seal until `count` entries are sealed: other tests' open transactions may hold it up."""
    async with asyncio.timeout(20):
        while count > 0:
            async with database.transaction(tenant.id) as session:
                count -= await seal(session)


async def found(client: httpx.AsyncClient, **query: str | int | bool) -> list[str]:
    answer = await client.get("/audit", params=query)
    assert answer.status_code == 200, answer.text
    return [entry["action"] for entry in answer.json()["data"]]


async def test_the_log_is_searched_by_who_what_target_time_request_and_impersonator(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    await done(database, tenant, Actor("ann", "user", "r-1"), "first")
    clock.advance(hours=1)
    noon = clock.now().isoformat()
    await done(database, tenant, Actor("bob", "user", "r-2"), "second", target="2")
    helped = Actor("ann", "user", "r-3", impersonated_by="operator")
    await done(database, tenant, helped, "third")

    assert await found(client) == ["third", "second", "first"]
    assert await found(client, actor="ann") == ["third", "first"]
    assert await found(client, action="second") == ["second"]
    assert await found(client, target_type="thing", target_id="2") == ["second"]
    assert await found(client, request_id="r-1") == ["first"]
    assert await found(client, impersonated_by="operator") == ["third"]
    assert await found(client, is_impersonated=False) == ["second", "first"]
    assert await found(client, since=noon) == ["third", "second"]
    assert await found(client, until=noon) == ["first"]


async def test_pages_follow_each_other_while_more_comes_in(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    await done(database, tenant, Actor("ann"), *(f"a{n}" for n in range(5)))
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/audit", params=query)).json()
        seen += [entry["action"] for entry in page["data"]]
        cursor = page["meta"]["next_cursor"]
        clock.advance(seconds=1)
        await done(database, tenant, Actor("bob"), "meanwhile")

    forged = await client.get("/audit", params={"cursor": "forged"})

    assert seen == ["a4", "a3", "a2", "a1", "a0"]
    assert cursor is None
    assert forged.json()["error"]["code"] == "INVALID_CURSOR"


async def test_the_log_is_taken_away_without_formulas_and_that_is_an_entry(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await done(database, tenant, Actor("=1+1"), "made")

    as_csv = await client.get("/audit/export")
    as_lines = await client.get("/audit/export?format=ndjson&action=made")

    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert [row["actor"] for row in rows if row["action"] == "made"] == ["'=1+1"]
    assert [json.loads(line)["actor"] for line in as_lines.text.splitlines()] == ["=1+1"]
    assert (await found(client, action="audit.export")) == ["audit.export"] * 2


async def test_what_a_superuser_altered_is_named(
    client: httpx.AsyncClient, database: Database, database_url: str, tenant: Tenant
) -> None:
    await done(database, tenant, Actor("ann"), *(f"a{n}" for n in range(6)))
    await sealed(database, tenant, 6)
    whole = (await client.get("/audit/proof")).json()["data"]
    entries = (await client.get("/audit")).json()["data"]
    victims = sorted(entry["id"] for entry in entries if entry["action"] in {"a2", "a4"})
    intruder = await asyncpg.connect(database_url)
    async with intruder.transaction():
        await intruder.execute("SET LOCAL ROLE dotmac_owner")
        await intruder.execute(f"SET LOCAL app.tenant_id = '{tenant.id}'")
        await intruder.execute("ALTER TABLE core.audit_log DISABLE TRIGGER append_only")
        for victim in victims:
            await intruder.execute(
                "UPDATE core.audit_log SET impersonated_by = 'x' WHERE id = $1", victim
            )
        await intruder.execute("ALTER TABLE core.audit_log ENABLE TRIGGER append_only")
    await intruder.close()

    broken = (await client.get("/audit/proof")).json()["data"]

    assert (whole["is_whole"], whole["block"], whole["problems"]) == (True, 1, [])
    assert len(whole["hash"]) == 64
    assert broken["is_whole"] is False
    [problem] = broken["problems"]
    assert (problem["kind"], problem["block"], problem["entry"]) == ("altered", 1, victims[0])


async def test_a_seal_that_was_noted_must_be_there(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await done(database, tenant, Actor("ann"), "made")
    await sealed(database, tenant, 1)
    proof = (await client.get("/audit/proof")).json()["data"]

    known = {"block": proof["block"], "hash": proof["hash"]}
    there = (await client.get("/audit/proof", params=known)).json()["data"]
    gone = (await client.get("/audit/proof", params={**known, "hash": "0" * 64})).json()["data"]

    assert there["is_whole"] is True
    assert [problem["kind"] for problem in gone["problems"]] == ["seal_missing"]


async def test_only_who_may_reads_the_log_and_only_ones_own(
    signed_in: SignedIn, database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await done(database, tenant, Actor("ann"), "made")
    reader = signed_in(tenant, "audit:read")
    nobody = signed_in(tenant, "approvals:read")
    stranger = signed_in(second_tenant)

    assert (await reader.get("/audit/export")).status_code == 403
    for path in ("/audit", "/audit/export", "/audit/proof"):
        assert (await nobody.get(path)).json()["error"]["code"] == "PERMISSION_DENIED"
    assert await found(stranger, action="made") == []


async def test_the_pages_are_read_by_an_index(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    for hour in range(3):
        await done(database, tenant, Actor(f"user{hour}"), *(["a"] * 500))
        clock.advance(hours=1)
    since = clock.now() - timedelta(hours=2)

    async with database.read(tenant.id) as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        plan = await connection.fetch(
            "EXPLAIN SELECT id FROM core.audit_log WHERE actor = 'user1' AND at >= $1 "
            "ORDER BY at DESC, id DESC LIMIT 50",
            since,
        )

    assert "ix_audit_log" in "\n".join(row[0] for row in plan)
