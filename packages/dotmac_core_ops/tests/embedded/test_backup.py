"""Copies of a database: complete in spite of row security, private, and restored whole or not."""

import os
import secrets
import stat
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from dotmac_core_ops.database import Database, migrate, migration_status, new_id
from dotmac_core_ops.embedded import BackupError, binaries
from dotmac_core_ops.embedded.backup import back_up, forget_unsent, restore
from dotmac_core_ops.embedded.clients import Client
from dotmac_core_ops.tenants import TenantSlugTakenError, active_tenants, register_tenant
from dotmac_core_ops.testing import Tenant, drop_database

from .conftest import Homes, query

pytestmark = pytest.mark.integration

NewTenant = Callable[[], Awaitable[Tenant]]
POLICIES = "SELECT count(*) FROM pg_policies WHERE policyname = 'dotmac_backup'"


@pytest.fixture
async def other_url(server_url: str) -> AsyncIterator[str]:
    """An empty database on the test server."""
    name = f"restored_{secrets.token_hex(4)}"
    await query(server_url, f"CREATE DATABASE {name}")
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    await drop_database(server_url, name)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.dump"


async def slugs(url: str) -> set[str]:
    """The tenants in a database, as the application's own role for that sees them."""
    database = Database(url)
    try:
        return {tenant.slug for tenant in await active_tenants(database)}
    finally:
        await database.close()


async def test_a_copy_by_the_owner_holds_the_rows_that_row_security_hides_from_it(
    other_url: str, copy: Path
) -> None:
    await query(other_url, "CREATE TABLE hidden AS SELECT generate_series(1, 2) AS value")
    await query(other_url, "ALTER TABLE hidden ENABLE ROW LEVEL SECURITY")
    await query(other_url, "ALTER TABLE hidden FORCE ROW LEVEL SECURITY")
    assert await query(other_url, "TABLE hidden") == []

    back_up(other_url, copy)
    restore(other_url, copy, replace=True)

    assert await query(other_url, "TABLE hidden") == []
    await query(other_url, "ALTER TABLE hidden NO FORCE ROW LEVEL SECURITY")
    assert await query(other_url, "TABLE hidden") == [(1,), (2,)]
    assert await query(other_url, POLICIES) == [(0,)]


async def test_a_copy_holds_every_tenant_and_every_migration(
    database_url: str, new_tenant: NewTenant, other_url: str, copy: Path
) -> None:
    known = {(await new_tenant()).slug, (await new_tenant()).slug}

    back_up(database_url, copy)
    restore(other_url, copy)

    assert known <= await slugs(other_url) == await slugs(database_url)
    assert not (await migration_status(other_url)).needs_upgrade


async def test_making_a_copy_leaves_no_policy_behind_not_even_one_of_an_earlier_crash(
    database_url: str, copy: Path
) -> None:
    await query(
        database_url,
        "CREATE POLICY dotmac_backup ON core.tenants FOR SELECT TO CURRENT_USER USING (true)",
    )

    back_up(database_url, copy)

    assert await query(database_url, POLICIES) == [(0,)]


async def test_a_restored_database_takes_work_and_keeps_its_rules(
    database_url: str, tenant: Tenant, other_url: str, copy: Path
) -> None:
    back_up(database_url, copy)
    restore(other_url, copy)
    restored = Database(other_url)

    with pytest.raises(TenantSlugTakenError):
        async with restored.transaction(new_id()) as session:
            await register_tenant(session, tenant.slug)
    await restored.close()


async def test_a_copy_moves_to_another_server_with_its_roles(
    database_url: str, tenant: Tenant, homes: Homes, copy: Path
) -> None:
    back_up(database_url, copy)
    handle = homes.server().start()

    restore(handle.url, copy)
    await migrate(handle.url)

    assert tenant.slug in await slugs(handle.url)


async def test_the_superuser_of_the_embedded_server_needs_no_policies(
    database_url: str, tenant: Tenant, homes: Homes, copy: Path
) -> None:
    back_up(database_url, copy)
    handle = homes.server().start()
    restore(handle.superuser_url, copy)
    second = copy.with_name("second.dump")

    back_up(handle.superuser_url, second)
    restore(handle.superuser_url, second, replace=True)
    await migrate(handle.url)

    assert tenant.slug in await slugs(handle.url)


async def test_a_database_with_tables_is_not_restored_into_unless_told(
    database_url: str, other_url: str, copy: Path
) -> None:
    back_up(database_url, copy)
    await query(other_url, "CREATE TABLE precious AS SELECT 7 AS value")

    with pytest.raises(BackupError, match="not empty"):
        restore(other_url, copy)
    assert await query(other_url, "TABLE precious") == [(7,)]

    restore(other_url, copy, replace=True)
    assert await query(other_url, "SELECT to_regclass('precious')") == [(None,)]


def cut_off(file: Path, share: float) -> None:
    """Leave only the first part of a file."""
    os.truncate(file, int(file.stat().st_size * share))


@pytest.mark.parametrize("share", [0.4, 0.8, 0.99])
async def test_a_broken_copy_changes_nothing(
    database_url: str, other_url: str, copy: Path, share: float
) -> None:
    back_up(database_url, copy)
    cut_off(copy, share)
    await query(other_url, "CREATE TABLE precious AS SELECT 7 AS value")

    with pytest.raises(BackupError):
        restore(other_url, copy, replace=True)

    assert await query(other_url, "TABLE precious") == [(7,)]


def test_a_file_that_is_no_copy_is_refused(server_url: str, copy: Path) -> None:
    copy.write_text("hello")

    with pytest.raises(BackupError, match="input file"):
        restore(server_url, copy, replace=True)


def test_a_copy_is_for_its_owner_only(server_url: str, copy: Path) -> None:
    back_up(server_url, copy)

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(copy.parent.iterdir()) == [copy]


def test_an_existing_file_is_not_overwritten(server_url: str, copy: Path) -> None:
    copy.write_text("hello")

    with pytest.raises(BackupError, match="exists"):
        back_up(server_url, copy)

    assert copy.read_text() == "hello"


def test_a_directory_that_is_missing_is_named(server_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file or directory"):
        back_up(server_url, tmp_path / "missing" / "copy.dump")


def test_a_database_that_does_not_answer_is_said_not_to_and_leaves_no_file(copy: Path) -> None:
    with pytest.raises(BackupError, match="does not answer") as refused:
        back_up("postgresql://u:hunter2@127.0.0.1:1/d", copy)

    assert "hunter2" not in str(refused.value)
    assert list(copy.parent.iterdir()) == []


async def test_a_role_that_may_not_see_everything_is_refused_instead_of_copying_a_part(
    database_url: str, server_url: str, copy: Path
) -> None:
    role = f"guest_{secrets.token_hex(4)}"
    await query(server_url, f"CREATE ROLE {role} LOGIN PASSWORD 'guest'")
    guest = make_url(database_url).set(username=role, password="guest")

    with pytest.raises(BackupError, match="No copy was made"):
        back_up(guest.render_as_string(hide_password=False), copy)

    await query(server_url, f"DROP ROLE {role}")


async def test_an_older_server_takes_a_copy_through_newer_programs(
    homes: Homes, postgres_15: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = homes.empty().server(bin_dir=postgres_15).start()
    await query(handle.url, "CREATE TABLE kept AS SELECT 7 AS value")
    monkeypatch.setattr(binaries, "_INSTALL_DIRECTORIES", ())
    monkeypatch.setenv("PATH", "")
    assert Client.of(handle.url).binaries.major == 18

    back_up(handle.url, copy)
    restore(handle.url, copy, replace=True)

    assert await query(handle.url, "TABLE kept") == [(7,)]


def test_programs_of_the_server_s_own_version_are_preferred(
    homes: Homes, postgres_15: Path
) -> None:
    handle = homes.empty().server(bin_dir=postgres_15).start()

    assert Client.of(handle.url).binaries.major == 15


def test_an_encrypted_connection_is_not_left_to_programs_that_cannot_encrypt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(binaries, "_INSTALL_DIRECTORIES", ())
    monkeypatch.setenv("PATH", os.devnull)

    with pytest.raises(BackupError, match="with TLS: apt-get install postgresql-client"):
        Client.of("postgresql://u@127.0.0.1:1/d?sslmode=require")


async def test_a_busy_table_is_not_waited_for_for_ever(
    database_url: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dotmac_core_ops.embedded.backup._LOCK_TIMEOUT", "100ms")
    busy = await asyncpg.connect(database_url)
    async with busy.transaction():
        await busy.execute("LOCK TABLE core.tenants IN ACCESS SHARE MODE")

        with pytest.raises(BackupError, match="lock timeout"):
            back_up(database_url, copy)
    await busy.close()

    assert await query(database_url, POLICIES) == [(0,)]


def test_what_was_not_sent_to_an_ended_program_is_forgotten() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as ended:
        assert ended.stdin is not None
        ended.stdin.write(b"still in the buffer")
        ended.kill()

        forget_unsent(ended)

    assert ended.stdin.closed
