"""Claiming a key, waiting for whoever has it, and keeping the answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of, driver_connection, new_id
from dotmac_core_ops.errors import ConflictError, InvalidError

KEPT_FOR = timedelta(hours=24)
"""How long an answer can be had again."""

WAIT_SECONDS = 10
"""How long a request waits for another one with the same key before it is refused."""

_LONGEST_KEY = 255

# Setting the limit inside the statement costs no round trip; the claim lifts it again, so that the
# work that follows waits for locks as it always does. The unique index makes the second of two
# simultaneous claims wait for the end of the first one's transaction.
_CLAIM = """
INSERT INTO core.idempotency_keys
  (id, subject, key, method, path, request_hash, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7
FROM (SELECT set_config('lock_timeout', $8, true) OFFSET 0) AS wait
ON CONFLICT (tenant_id, subject, key) DO NOTHING
RETURNING set_config('lock_timeout', '0', true)
"""

_FIND = """
SELECT method, path, request_hash, status, body, content_type
FROM core.idempotency_keys WHERE subject = $1 AND key = $2
"""

_FINISH = """
UPDATE core.idempotency_keys SET status = $3, body = $4, content_type = $5
WHERE subject = $1 AND key = $2
"""

_FORGET = "DELETE FROM core.idempotency_keys WHERE subject = $1 AND key = $2"

_EXPIRE = """
DELETE FROM core.idempotency_keys WHERE id IN (
  SELECT id FROM core.idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)
"""


class InvalidIdempotencyKeyError(InvalidError):
    """The key is empty, longer than 255 characters, or holds other than printable ASCII."""

    code = "INVALID_IDEMPOTENCY_KEY"

    def __init__(self) -> None:
        super().__init__("An Idempotency-Key is 1 to 255 printable ASCII characters.")


class IdempotencyKeyReusedError(ConflictError):
    """The key was used before with another request (method, path or body)."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with a different request.")


class IdempotencyInProgressError(ConflictError):
    """The first request with this key is still being worked on; ask again in a moment."""

    code = "IDEMPOTENCY_IN_PROGRESS"

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key has not ended.", retry_after_seconds=2
        )


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Who sent what: `subject` owns the key, the rest must be the same whenever it is repeated."""

    subject: str
    method: str
    path: str
    request_hash: bytes

    @classmethod
    def of(cls, subject: str, method: str, path: str, body: bytes) -> Fingerprint:
        """The fingerprint of a request; `path` includes the query."""
        return cls(subject, method, path, hashlib.sha256(body).digest())


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The first answer."""

    status: int
    body: bytes
    content_type: str


async def begin(
    session: AsyncSession,
    key: str,
    fingerprint: Fingerprint,
    *,
    wait_seconds: int = WAIT_SECONDS,
) -> StoredResponse | None:
    """Claim `key` for this request; the stored answer when it was answered before, else None.

    Call it first in the transaction that does the work, and `finish` last: then a crash leaves both
    the work and the answer, or neither. Of two simultaneous requests the second waits here for the
    first and gets its answer, or the claim if the first one failed.

    Raises:
        InvalidIdempotencyKeyError: not a usable key.
        IdempotencyKeyReusedError: the key came with another request before.
        IdempotencyInProgressError: the other request has not ended within `wait_seconds`, or it
            committed its claim (work over several transactions) and is not done. The transaction
            cannot be used further.
    """
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidIdempotencyKeyError
    connection = await driver_connection(session)
    claim = (
        *(new_id(), fingerprint.subject, key, fingerprint.method, fingerprint.path),
        *(fingerprint.request_hash, clock_of(session).now(), f"{wait_seconds}s"),
    )
    try:
        claimed = await connection.fetchrow(_CLAIM, *claim)
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError) as error:
        raise IdempotencyInProgressError from error
    if claimed is not None:
        return None
    first = await connection.fetchrow(_FIND, fingerprint.subject, key)
    if first is None:
        # It expired between the two statements: as good as still running, the client asks again.
        raise IdempotencyInProgressError
    if (first["method"], first["path"], first["request_hash"]) != (
        *(fingerprint.method, fingerprint.path, fingerprint.request_hash),
    ):
        raise IdempotencyKeyReusedError
    if first["status"] is None:
        raise IdempotencyInProgressError
    return StoredResponse(first["status"], first["body"], first["content_type"])


async def finish(
    session: AsyncSession, key: str, fingerprint: Fingerprint, response: StoredResponse
) -> None:
    """Keep `response` as the answer to `key`, in the transaction of the work."""
    connection = await driver_connection(session)
    await connection.execute(
        _FINISH, fingerprint.subject, key, response.status, response.body, response.content_type
    )


async def forget(session: AsyncSession, key: str, fingerprint: Fingerprint) -> None:
    """Give the key back, so that the next request with it is worked on.

    Needed only where the claim was committed before the work failed; a rollback does it by itself.
    """
    connection = await driver_connection(session)
    await connection.execute(_FORGET, fingerprint.subject, key)


async def expire(session: AsyncSession, *, limit: int = 10_000) -> int:
    """Remove keys older than `KEPT_FOR`, oldest first, at most `limit`; how many went."""
    connection = await driver_connection(session)
    status = await connection.execute(_EXPIRE, clock_of(session).now() - KEPT_FOR, limit)
    return int(status.rsplit(" ", 1)[-1])
