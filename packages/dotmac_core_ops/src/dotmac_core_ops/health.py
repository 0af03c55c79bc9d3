"""Is this process alive, can it work, and on what: for load balancers and for people."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.metadata import version as installed_version
from typing import Literal, TypedDict

import asyncpg
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dotmac_core_ops.database import Database, sqlstate
from dotmac_core_ops.database.migrate import alembic_config
from dotmac_core_ops.embedded import ServerHandle
from dotmac_core_ops.settings import Environment, Settings
from dotmac_core_ops.settings_messages import DEFAULT_PUBLIC_URL

SERVER_KIND = "DOTMAC_SERVER_KIND"
"""Tells a child process whether the database at its DATABASE_URL is the embedded one."""

_PATIENCE_SECONDS = 5
_UNREACHABLE = (
    OSError,  # refused, no such host, timed out
    SQLAlchemyError,
    asyncpg.PostgresError,  # raised bare while connecting: wrong password, no such database
    asyncpg.InterfaceError,
)


class DatabaseServer(TypedDict):
    """What answers at the other end; `version` is None while nothing does."""

    kind: str
    version: str | None


class Health(TypedDict):
    """The answer of `/health`."""

    status: Literal["healthy", "unhealthy"]
    database: Literal["connected", "disconnected"]
    version: str
    database_server: DatabaseServer


class Readiness(TypedDict):
    """The answer of `/health/ready`.

    `missing` names migrations the database has not had; `warnings` says what works and should not
    stay so in production.
    """

    status: Literal["ready", "not_ready"]
    database: Literal["connected", "disconnected"]
    migrations: Literal["current", "behind", "unknown"]
    missing: list[str]
    warnings: list[str]


class Liveness(TypedDict):
    """The answer of `/health/live`."""

    status: Literal["alive"]


async def health(database: Database, handle_info: ServerHandle | None = None) -> Health:
    """Whether the database answers, and which one it is. Never raises because it does not.

    Args:
        database: asked for its version; given up on after five seconds.
        handle_info: of the embedded server, where this process started or joined it.
    """
    kind = handle_info.kind if handle_info else os.environ.get(SERVER_KIND, "external")
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            # Debian's says `15.18 (Debian 15.18-0+deb12u1)`.
            server_version = (await database.check()).split()[0]
    except _UNREACHABLE:
        return Health(
            status="unhealthy",
            database="disconnected",
            version=installed_version("dotmac-core-ops"),
            database_server=DatabaseServer(kind=kind, version=None),
        )
    return Health(
        status="healthy",
        database="connected",
        version=installed_version("dotmac-core-ops"),
        database_server=DatabaseServer(kind=kind, version=server_version),
    )


async def ready(database: Database, settings: Settings | None = None) -> Readiness:
    """Whether requests can be served: the database answers and has every migration.

    A database that is ahead, in the middle of a rolling upgrade, is ready. With `settings`, what
    they lack for production is among the warnings.
    """
    warnings = [] if settings is None else unsafe_ways(settings)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), database.relay() as session:
            rows = await session.execute(sa.text("SELECT version_num FROM alembic_version"))
            applied = set(rows.scalars())
    except _UNREACHABLE as error:
        answered = _says_never_migrated(error)
        return Readiness(
            status="not_ready",
            database="connected" if answered else "disconnected",
            migrations="behind" if answered else "unknown",
            missing=list(_heads()) if answered else [],
            warnings=warnings,
        )
    # Alembic's table leaves out a revision that another one in it depends on.
    implied = {step.revision for step in _scripts().get_all_current(tuple(applied & _known()))}
    missing = missing_heads(_heads(), applied | implied, known=_known())
    return Readiness(
        status="not_ready" if missing else "ready",
        database="connected",
        migrations="behind" if missing else "current",
        missing=missing,
        warnings=warnings,
    )


def unsafe_ways(settings: Settings) -> list[str]:
    """What an installation in production still does the way of a first start."""
    if settings.environment is not Environment.PRODUCTION:
        return []
    found = []
    if not settings.sends_mail:
        found.append("E-mail is written to files and reaches nobody; set SMTP_HOST.")
    if not settings.sends_texts:
        found.append(
            "Text messages are written to files and reach nobody; set TWILIO_ACCOUNT_SID, "
            "TWILIO_AUTH_TOKEN and TWILIO_FROM."
        )
    if settings.public_url == DEFAULT_PUBLIC_URL:
        found.append("Links in messages lead to this machine only; set PUBLIC_URL.")
    return found


def live() -> Liveness:
    """That this process answers at all; it asks nobody."""
    return Liveness(status="alive")


def missing_heads(
    heads: Iterable[str], applied: AbstractSet[str], *, known: AbstractSet[str]
) -> list[str]:
    """Those of `heads` that a database with the revisions `applied` still needs.

    A revision that is not `known` comes from a newer program: `billing_0009` stands for
    `billing_0007` too.
    """
    newer = {_branch(revision) for revision in applied - known}
    return [head for head in heads if head not in applied and _branch(head) not in newer]


def _branch(revision: str) -> str:
    return revision.rpartition("_")[0]


def _says_never_migrated(error: Exception) -> bool:
    # No table of versions, or not even the role that we log in as.
    state = sqlstate(error) if isinstance(error, DBAPIError) else getattr(error, "sqlstate", None)
    return state in {"42P01", "22023"}


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


@cache
def _known() -> frozenset[str]:
    return frozenset(revision.revision for revision in _scripts().walk_revisions())


@cache
def _heads() -> tuple[str, ...]:
    return tuple(sorted(_scripts().get_heads()))
