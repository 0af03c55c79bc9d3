"""A running installation: settings, a database that is there, the modules joined to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from dotmac_core_events import inline_handlers
from dotmac_core_ops.clock import Clock, SystemClock
from dotmac_core_ops.database import Database, migrate, migration_status
from dotmac_core_ops.embedded import EmbeddedServer, ServerHandle
from dotmac_core_ops.errors import InvalidError, UnavailableError
from dotmac_core_ops.module import Handler
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenants import tenant_by_slug, tenants_meant
from dotmac_platform.modules import MODULES


class TenantNotChosenError(InvalidError):
    """There are several tenants and the command does not say which one is meant."""

    code = "TENANT_NOT_CHOSEN"

    def __init__(self, slugs: list[str]) -> None:
        named = ", ".join(slugs) if slugs else "none yet: dotmac tenant create"
        super().__init__(f"Say which tenant: --tenant SLUG or DOTMAC_TENANT ({named}).")


class MigrationsMissingError(UnavailableError):
    """The database is older than the program."""

    code = "MIGRATIONS_MISSING"

    def __init__(self) -> None:
        super().__init__("The database is not up to date; run: dotmac db upgrade")


@dataclass(frozen=True)
class Runtime:
    """What a process works with."""

    settings: Settings
    database: Database
    url: str
    server: ServerHandle | None

    async def tenant(self, slug: str | None) -> UUID:
        """The tenant of that short name; without one, the configured or the only tenant.

        The operator beside others is none of them.

        Raises:
            TenantNotFoundError: no active tenant has this short name.
            TenantNotChosenError: there is not exactly one to choose from.
        """
        slug = slug or self.settings.dotmac_tenant
        if slug is not None:
            return (await tenant_by_slug(self.database, slug)).id
        tenants = await tenants_meant(self.database)
        if len(tenants) != 1:
            raise TenantNotChosenError([tenant.slug for tenant in tenants])
        return tenants[0].id


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, upgrade: bool = False, clock: Clock | None = None
) -> AsyncIterator[Runtime]:
    """The installation that `settings` describe; brings a PostgreSQL when none is configured.

    Raises:
        MigrationsMissingError: the database is behind, and `upgrade` was not asked for.
    """
    with ExitStack() as stack:
        server = None
        url = settings.database_url
        if url is None:
            server = stack.enter_context(EmbeddedServer(settings.dotmac_home))
            url = server.url
        if (await migration_status(url)).needs_upgrade:
            if not (upgrade or server is not None):
                raise MigrationsMissingError
            await migrate(url, lock_timeout_seconds=settings.lock_timeout_seconds)
        database = connect(settings, url, clock=clock)
        try:
            yield Runtime(settings, database, url, server)
        finally:
            await database.close()


def connect(settings: Settings, url: str, *, clock: Clock | None = None) -> Database:
    """The database at `url` with the modules' same-transaction reactions attached."""
    database = Database(
        url,
        clock=clock or SystemClock(),
        pool_size=settings.database_pool_size,
        statement_timeout_seconds=settings.statement_timeout_seconds,
    )
    database.inline_handlers = inline_reactions()
    database.public_url = settings.public_url
    return database


def inline_reactions() -> Mapping[str, Sequence[Handler]]:
    """What the modules do in the transaction of each fact, by its name."""
    return inline_handlers(MODULES)
