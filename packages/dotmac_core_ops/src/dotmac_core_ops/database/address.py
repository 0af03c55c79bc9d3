"""A database's address as SQLAlchemy and asyncpg need it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL, make_url


def driver_address(url: str | URL) -> tuple[URL, dict[str, Any]]:
    """The address for `create_async_engine`, and the `connect_args` that go with it.

    What stands after the `?`, such as `sslmode=require`, is libpq's language. SQLAlchemy would pass
    it on as keywords, which asyncpg refuses; as part of an address asyncpg understands it.
    """
    whole = make_url(url).set(drivername="postgresql+asyncpg")
    if not whole.query:
        return whole, {}
    options = URL.create("postgresql", query=whole.query).render_as_string(hide_password=False)
    return whole.set(query={}), {"dsn": options.replace("postgresql://?", "postgresql:///?")}
