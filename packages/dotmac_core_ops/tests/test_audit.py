from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import text

from dotmac_core_ops.audit import (
    AuditRow,
    Seal,
    latest_seal,
    record,
    record_many,
    seal,
    seal_audit,
    sealing,
    verify,
)
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id, sqlstate
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.principal import Actor, acting_as
from dotmac_core_ops.testing import Tenant


async def recorded(database: Database, tenant: Tenant, count: int) -> None:
    async with database.transaction(tenant.id) as session:
        await record_many(
            session,
            [AuditRow("things.make", ("thing", str(n)), after={"n": n}) for n in range(count)],
        )


async def sealed(database: Database, tenant: Tenant, count: int) -> None:
    """Seal until `count` entries are sealed: other tests' open transactions may hold it up."""
    async with asyncio.timeout(20):
        while count > 0:
            async with database.transaction(tenant.id) as session:
                count -= await seal(session)
    assert count == 0


async def problems(database: Database, tenant: Tenant, known: Seal | None = None) -> list[str]:
    async with database.transaction(tenant.id) as session:
        return [problem.kind for problem in await verify(session, known=known)]


@asynccontextmanager
async def tampering(database_url: str, tenant: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """The owner of the tables, with the trigger out of the way: what an intruder might become."""
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE dotmac_owner")
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant.id}'")
        for table in ("audit_log", "audit_blocks"):
            await connection.execute(f"ALTER TABLE core.{table} DISABLE TRIGGER append_only")
        yield connection
        for table in ("audit_log", "audit_blocks"):
            await connection.execute(f"ALTER TABLE core.{table} ENABLE TRIGGER append_only")
    await connection.close()


async def test_an_entry_says_who_did_what_to_which_thing(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    invoice = new_id()
    with acting_as(Actor("user:7", "user", "req-1")):
        async with database.transaction(tenant.id) as session:
            await record(
                session,
                action="invoices.issue",
                target=("invoice", invoice),
                before={"status": "draft"},
                after={"status": "open", "gross": Decimal("79.90"), "password": "hunter2"},
            )

    async with database.read(tenant.id) as connection:
        entry = await connection.fetchrow("SELECT * FROM core.audit_log")
    assert entry is not None
    assert (entry["actor"], entry["actor_kind"], entry["request_id"]) == ("user:7", "user", "req-1")
    assert (entry["action"], entry["target_id"]) == ("invoices.issue", str(invoice))
    assert entry["at"] == clock.now()
    assert entry["before"] == '{"status": "draft"}'
    assert entry["after"] == '{"gross": "79.90", "status": "open", "password": "[redacted]"}'


async def test_an_entry_is_gone_with_the_transaction_that_failed(
    database: Database, tenant: Tenant
) -> None:
    async def fail() -> None:
        async with database.transaction(tenant.id) as session:
            await record(session, action="a", target=("thing", "1"))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM core.audit_log") == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE core.audit_log SET action = 'x'",
        "DELETE FROM core.audit_log",
        "TRUNCATE core.audit_log",
        "UPDATE core.audit_blocks SET rows = 0",
        "DELETE FROM core.audit_blocks",
    ],
)
async def test_the_application_cannot_change_what_was_recorded(
    database: Database, tenant: Tenant, change: str
) -> None:
    await recorded(database, tenant, 1)

    with pytest.raises(DBAPIError) as refusal:
        async with database.transaction(tenant.id) as session:
            await session.execute(text(change))

    assert sqlstate(refusal.value) == "42501"


async def test_even_the_owner_is_stopped_by_the_trigger(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    await recorded(database, tenant, 1)
    connection = await asyncpg.connect(database_url)
    await connection.execute("SET ROLE dotmac_owner")

    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute("DELETE FROM core.audit_log")

    await connection.close()


async def test_an_untouched_log_has_no_problems(database: Database, tenant: Tenant) -> None:
    await recorded(database, tenant, 12)
    await sealed(database, tenant, 12)
    await recorded(database, tenant, 3)  # these wait for the job

    assert await problems(database, tenant) == []


async def test_nobody_sees_or_seals_the_entries_of_another_tenant(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await recorded(database, tenant, 2)
    await sealed(database, tenant, 2)

    async with database.transaction(second_tenant.id) as session:
        assert await seal(session) == 0
        assert await latest_seal(session) is None
        assert await session.scalar(text("SELECT count(*) FROM core.audit_log")) == 0


async def test_a_removed_entry_shows(database: Database, database_url: str, tenant: Tenant) -> None:
    await recorded(database, tenant, 10)
    await sealed(database, tenant, 10)

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute("DELETE FROM core.audit_log WHERE target_id = '4'")

    assert await problems(database, tenant) == ["rows_missing"]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'user:innocent'",
        "at = at - interval '1 microsecond'",
        "after = '{\"n\": 5}'",
        "after = NULL",
        "request_id = 'other'",
        "target_id = '44'",
    ],
)
async def test_an_altered_entry_shows(
    database: Database, database_url: str, tenant: Tenant, change: str
) -> None:
    await recorded(database, tenant, 10)
    await sealed(database, tenant, 10)

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute(f"UPDATE core.audit_log SET {change} WHERE target_id = '4'")

    assert await problems(database, tenant) == ["altered"]


# The hash of one block as it was computed before entries said who acted as whom.
OLD_HASH = """
SELECT sha256(decode(repeat('00', 32), 'hex') || int8send(1) || string_agg(
  sha256(convert_to(jsonb_build_array(
    a.tenant_id, a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.actor, a.actor_kind,
    a.action, a.target_type, a.target_id, a.before, a.after, a.request_id)::text, 'UTF8')),
  ''::bytea ORDER BY a.id)) FROM core.audit_log a
"""


async def test_blocks_of_earlier_versions_are_proven_as_they_were_sealed(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    await recorded(database, tenant, 5)
    await sealed(database, tenant, 5)
    async with tampering(database_url, tenant) as earlier:
        await earlier.execute("UPDATE core.audit_blocks SET row_hashes = NULL")

    async with database.read(tenant.id) as connection:
        old = await connection.fetchval(OLD_HASH)
        assert old == await connection.fetchval("SELECT hash FROM core.audit_blocks")
    assert await problems(database, tenant) == []
    async with tampering(database_url, tenant) as intruder:
        await intruder.execute("UPDATE core.audit_log SET actor = 'x' WHERE target_id = '3'")
    async with database.transaction(tenant.id) as session:
        [problem] = await verify(session)
    assert (problem.kind, problem.entry) == ("altered", None)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE core.audit_log SET impersonated_by = NULL WHERE target_id = '2'", "altered"),
        ("UPDATE core.audit_log SET actor = 'x' WHERE target_id IN ('2', '4')", "altered"),
        ("DELETE FROM core.audit_log WHERE target_id IN ('2', '4')", "rows_missing"),
    ],
)
async def test_the_first_entry_that_is_not_as_it_was_is_named(
    database: Database, database_url: str, tenant: Tenant, change: str, kind: str
) -> None:
    with acting_as(Actor("ann", "user", impersonated_by="operator")):
        await recorded(database, tenant, 6)
    await sealed(database, tenant, 6)
    async with database.read(tenant.id) as connection:
        second = await connection.fetchval("SELECT id FROM core.audit_log WHERE target_id = '2'")

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute(change)

    async with database.transaction(tenant.id) as session:
        [problem] = await verify(session)
    assert (problem.kind, problem.block, problem.entry) == (kind, 1, second)
    assert str(second) in problem.message


async def test_an_entry_smuggled_in_behind_the_seals_shows(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    await recorded(database, tenant, 3)
    await sealed(database, tenant, 3)

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute(
            "INSERT INTO core.audit_log (id, at, actor, actor_kind, action, target_type, "
            "target_id, transaction_number) SELECT gen_random_uuid(), at, actor, actor_kind, "
            "'forged', target_type, target_id, transaction_number FROM core.audit_log LIMIT 1"
        )

    assert await problems(database, tenant) == ["inserted"]


async def test_a_removed_block_shows_and_so_does_a_replaced_one(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    for _ in range(3):
        await recorded(database, tenant, 2)
        await sealed(database, tenant, 2)

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute("DELETE FROM core.audit_blocks WHERE number = 2")

    assert await problems(database, tenant) == ["block_missing", "inserted", "inserted"]

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute("UPDATE core.audit_blocks SET number = 2 WHERE number = 3")

    assert "chain_broken" in await problems(database, tenant)


async def test_cutting_off_the_end_shows_against_a_seal_kept_elsewhere(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    for _ in range(2):
        await recorded(database, tenant, 2)
        await sealed(database, tenant, 2)
    async with database.transaction(tenant.id) as session:
        kept = await latest_seal(session)
    assert await problems(database, tenant, kept) == []

    async with tampering(database_url, tenant) as intruder:
        await intruder.execute(
            "DELETE FROM core.audit_log WHERE id IN "
            "(SELECT unnest(covered) FROM core.audit_blocks WHERE number = 2)"
        )
        await intruder.execute("DELETE FROM core.audit_blocks WHERE number = 2")

    assert await problems(database, tenant) == []
    assert await problems(database, tenant, kept) == ["seal_missing"]


async def test_a_transaction_that_began_first_and_ends_last_is_sealed_later(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as slow:
        await record(slow, action="first.written", target=("thing", "1"))
        await recorded(database, tenant, 2)
        async with database.transaction(tenant.id) as session:
            # The two are visible, but younger than the one that is still open.
            assert await seal(session) == 0

    await sealed(database, tenant, 3)

    assert await problems(database, tenant) == []


async def test_entries_by_many_writers_are_each_sealed_once_while_sealers_compete(
    database: Database, tenant: Tenant
) -> None:
    async def write() -> None:
        for _ in range(5):
            await recorded(database, tenant, 3)

    async def seal_now() -> int:
        count = 0
        for _ in range(8):
            async with database.transaction(tenant.id) as session:
                count += await seal(session)
        return count

    done = await asyncio.gather(*(write() for _ in range(4)), seal_now(), seal_now())
    await sealed(database, tenant, 60 - sum(count or 0 for count in done))

    assert await problems(database, tenant) == []
    async with database.read(tenant.id) as connection:
        covered = "SELECT unnest(covered) AS id FROM core.audit_blocks"
        assert await connection.fetchval(f"SELECT count(*) FROM ({covered}) s") == 60
        assert await connection.fetchval(f"SELECT count(DISTINCT id) FROM ({covered}) s") == 60


async def test_a_long_log_is_sealed_in_blocks_over_several_runs(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 4)
    monkeypatch.setattr(sealing, "ROWS_PER_RUN", 10)
    await recorded(database, tenant, 25)

    await sealed(database, tenant, 25)

    assert await problems(database, tenant) == []
    async with database.read(tenant.id) as connection:
        sizes = await connection.fetch("SELECT rows FROM core.audit_blocks ORDER BY number")
    assert [row["rows"] for row in sizes] == [4, 4, 2, 4, 4, 2, 4, 1]


async def test_after_a_move_to_another_server_sealing_goes_on(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    await recorded(database, tenant, 3)
    await sealed(database, tenant, 3)
    await recorded(database, tenant, 2)  # not sealed when the backup was taken
    async with tampering(database_url, tenant) as restored:
        # As after a restore: the rows carry numbers of the old server, far above those of this one.
        await restored.execute("UPDATE core.audit_log SET transaction_number = 10 ^ 15")
        await restored.execute("UPDATE core.audit_blocks SET server_id = 1, horizon = 10 ^ 15 - 1")
    assert await problems(database, tenant) == []
    await recorded(database, tenant, 1)

    await sealed(database, tenant, 3)
    await recorded(database, tenant, 4)
    await sealed(database, tenant, 4)

    assert await problems(database, tenant) == []
    async with database.transaction(tenant.id) as session:
        assert await seal(session) == 0


async def test_the_job_seals_what_there_is(database: Database, tenant: Tenant) -> None:
    await recorded(database, tenant, 2)

    async def extend_lease() -> None: ...

    context = JobContext(database, database.clock, {}, tenant.id, 1, extend_lease)
    async with asyncio.timeout(20):
        while True:
            await seal_audit.run(context)
            async with database.transaction(tenant.id) as session:
                if await latest_seal(session):
                    break

    async with database.transaction(tenant.id) as session:
        assert await session.scalar(text("SELECT sum(rows) FROM core.audit_blocks")) == 2
