"""What becomes of work that failed: what is written down, and when it is tried again."""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from types import TracebackType

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from dotmac_core_ops.database import sqlstate
from dotmac_core_ops.errors import DomainError

MAX_LOSSES = 20
"""So many workers may be lost over the same work before it is taken for the cause."""


class WorkerLostError(Exception):
    """So many workers ended while they had this work that it must be the cause."""

    def __init__(self, losses: int) -> None:
        super().__init__(f"{losses} workers were lost over it.")


_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 3600.0
_NOT_OURS = {"asyncpg", "httpx", "pydantic", "sqlalchemy", *sys.stdlib_module_names}
# Classes 08 (connection), 57P0x (the server shuts down or restarts).
_UNREACHABLE = ("08", "57P0")

DATABASE_ERRORS = (
    DBAPIError,
    PoolTimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)
"""What using a database may raise when it is not there or does not answer."""


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after that many failures: 2 s, doubled each time, at most an hour.

    Between half and all of it, at random, so that what failed together does not return together.
    """
    longest = min(_FIRST_SECONDS * 2 ** min(attempts - 1, 30), _LONGEST_SECONDS)
    return timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311 - not a secret


def describe(error: BaseException) -> str:
    """What failed and where, such as `ZeroDivisionError in dotmac_billing.invoicing.service:42`.

    The message is left out, because it may quote what a customer entered; the log has it, redacted.
    """
    name = type(error).__name__
    if isinstance(error, DomainError):
        name = f"{name} {error.code}"
    elif isinstance(error, DBAPIError | asyncpg.PostgresError) and sqlstate(error):
        name = f"{name} {sqlstate(error)}"
    place = _place(error.__traceback__)
    return f"{name} in {place}" if place else name


def is_unreachable(error: BaseException) -> bool:
    """Whether it certainly tells of the connection to the database, and nothing of the work."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError | asyncpg.PostgresError | asyncpg.InterfaceError):
        return False
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_UNREACHABLE)
    # The driver has one class for this and for wrong arguments.
    return "connection is closed" in str(error)


def _place(traceback: TracebackType | None) -> str | None:
    """The innermost line that is neither the standard library's nor a dependency's."""
    found = None
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in _NOT_OURS:
            found = f"{module}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return found
