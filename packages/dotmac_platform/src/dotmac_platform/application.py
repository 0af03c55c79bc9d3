"""The HTTP application: what granian starts, and what tests call in process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI

from dotmac_api_gateway import Lifespan, create_app
from dotmac_core_ops.collector import keep_for_good
from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import configure_logging
from dotmac_core_ops.module import Permission
from dotmac_core_ops.settings import Settings, load_settings
from dotmac_identity import Authenticator
from dotmac_platform import __version__
from dotmac_platform.modules import MODULES
from dotmac_platform.runtime import connect
from dotmac_platform.web import Pages


class DatabaseUrlMissingError(RuntimeError):
    """A server process was started by itself without being told where the database is."""

    def __init__(self) -> None:
        super().__init__("DATABASE_URL is not set; `dotmac up` brings a database of its own.")


def create() -> FastAPI:
    """The application that the environment describes; each server process calls it once.

    Raises:
        SettingsError: the environment is wrong.
        DatabaseUrlMissingError: DATABASE_URL is not set.
    """
    settings = load_settings()
    configure_logging(environment=settings.environment, level=settings.log_level)
    if settings.database_url is None:
        raise DatabaseUrlMissingError
    app = build(settings, connect(settings, settings.database_url))
    keep_for_good()
    return app


def build(settings: Settings, database: Database) -> FastAPI:
    """All modules and the web app as one application over `database`."""
    authenticator = Authenticator(database, settings, permissions())
    app = create_app(
        MODULES,
        database=database,
        settings=settings,
        authenticate=authenticator,
        version=__version__,
        lifespan=(closing(database), authenticator.listening),
        pages=Pages(),
    )
    authenticator.install(app)
    return app


def permissions() -> tuple[Permission, ...]:
    """Every permission that a module declares."""
    return tuple(permission for module in MODULES for permission in module.permissions)


def closing(database: Database) -> Lifespan:
    """Closes `database` after the last request."""

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await database.close()

    return serving


@cache
def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, made without a database and once; it is not to be changed."""
    settings = Settings()
    return build(settings, connect(settings, "postgresql://nobody@localhost/none")).openapi()
