"""Who gets into the embedded server, as what, and how it is configured."""

import stat

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from .conftest import Homes, query

pytestmark = pytest.mark.integration


@pytest.fixture
def url(running: Homes) -> str:
    return running.server().start().url


async def test_the_role_may_make_databases_and_roles_and_is_bound_by_row_security(
    url: str,
) -> None:
    (role,) = await query(
        url,
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
        "FROM pg_roles WHERE rolname = current_user",
    )
    await query(url, "CREATE DATABASE another")
    await query(url, "CREATE ROLE another")

    assert role == (False, False, True, True, False)


async def test_it_is_durable_checks_its_pages_and_listens_on_loopback_only(url: str) -> None:
    shown = {
        name: (await query(url, f"SHOW {name}"))[0][0]
        for name in (
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "data_checksums",
            "listen_addresses",
            "server_encoding",
            "jit",
            "checkpoint_timeout",
            "max_wal_size",
        )
    }

    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "127.0.0.1",
        "server_encoding": "UTF8",
        "jit": "off",
        "checkpoint_timeout": "15min",
        "max_wal_size": "4GB",
    }


async def test_upper_and_lower_case_know_more_than_english(url: str) -> None:
    assert await query(url, "SELECT upper('é'), lower('Ü')") == [("É", "ü")]


@pytest.mark.parametrize("role", ["dotmac", "postgres"])
async def test_nobody_gets_in_without_the_password(url: str, role: str) -> None:
    guessed = make_url(url).set(username=role, password="guess")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await query(guessed.render_as_string(hide_password=False), "SELECT 1")


async def test_nobody_gets_in_through_the_socket_without_the_password(
    running: Homes, url: str
) -> None:
    port = make_url(url).port

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host=str(running.cluster / "s"), port=port, user="postgres", password="guess"
        )


def test_passwords_and_data_can_be_read_by_their_owner_only(running: Homes) -> None:
    modes = {
        name: stat.S_IMODE((running.cluster / name).stat().st_mode)
        for name in ("", "data", "s", "password", "superuser_password")
    }

    assert modes == {"": 0o700, "data": 0o700, "s": 0o700, "password": 0o600} | {
        "superuser_password": 0o600
    }
