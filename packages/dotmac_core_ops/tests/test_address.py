"""Addresses with libpq options reach the driver by every way there is."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from dotmac_core_ops.database import Database, migration_status
from dotmac_core_ops.database.address import driver_address


def with_query(url: str, **query: str) -> str:
    return make_url(url).update_query_dict(query).render_as_string(hide_password=False)


def test_options_move_from_the_address_to_the_driver() -> None:
    url, arguments = driver_address("postgresql://u:p@h:5/d?sslmode=require&sslrootcert=/ca.pem")

    assert url.render_as_string(hide_password=False) == "postgresql+asyncpg://u:p@h:5/d"
    assert arguments == {"dsn": "postgresql:///?sslmode=require&sslrootcert=%2Fca.pem"}


def test_an_address_without_options_needs_no_arguments() -> None:
    assert driver_address("postgresql://u@h/d")[1] == {}


async def test_an_address_with_options_works_for_sessions_reads_and_migrations(
    database_url: str,
) -> None:
    url = with_query(database_url, sslmode="disable")
    database = Database(url)

    assert await database.check()
    async with database.relay() as session:
        assert (await session.execute(sa.text("SELECT current_user"))).scalar() == "dotmac_relay"
    raw = await database.connect_raw()
    await raw.close()
    await database.close()

    assert not (await migration_status(url)).needs_upgrade


async def test_encryption_that_is_demanded_is_not_done_without(database_url: str) -> None:
    database = Database(with_query(database_url, sslmode="require"))

    with pytest.raises(ConnectionError, match="SSL"):
        await database.check()
    await database.close()
