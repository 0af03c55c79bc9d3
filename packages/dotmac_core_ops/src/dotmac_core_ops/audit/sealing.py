"""Sealing the audit log: blocks of entries, each with a hash over them and over the block before.

Writers never wait, because sealing happens afterwards, in a job. That leaves one difficulty: of two
transactions the one that began first may commit last, so an entry can appear among entries that are
sealed already. Therefore a block names the entries it covers, and covers only those of transactions
older than every transaction still running (the *horizon*); what appears later belongs to a later
block, and nothing is left out.

An entry that is removed or altered no longer matches its block's hash; a removed or altered block
no longer matches the next one; an entry smuggled in behind the horizon is in no block. What the
chain cannot show by itself is the removal of its newest blocks together with their entries: compare
with `latest_seal` kept elsewhere. The sealing job logs each one, so the log files are such a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of, driver_connection, new_id, tenant_of
from dotmac_core_ops.database.engine import RawConnection
from dotmac_core_ops.logging import get_logger

BLOCK_ROWS = 5_000
"""Entries in a block at most."""

ROWS_PER_RUN = 100_000
"""Entries sealed in one transaction at most."""

_BLOCKS_PER_CHECK = 50
_FIRST = b"\0" * 32
_log = get_logger(__name__)

# What an entry says, in one canonical text: jsonb has one output for one value, on every version.
# `transaction_number` is left out, because it means something on one server only. Who acted as
# somebody else stands at the end where there is one, so that older entries hash as they did.
_ENTRY_HASH = """
sha256(convert_to((jsonb_build_array(
  a.tenant_id, a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.actor, a.actor_kind, a.action,
  a.target_type, a.target_id, a.before, a.after, a.request_id)
  || CASE WHEN a.impersonated_by IS NULL THEN '[]'::jsonb
     ELSE jsonb_build_array(a.impersonated_by) END)::text, 'UTF8'))
"""

_LAST_BLOCK = """
SELECT number, hash, horizon, server_id, last_id, after_id
FROM core.audit_blocks ORDER BY number DESC LIMIT 1
"""

_HORIZON = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
  (SELECT system_identifier FROM pg_control_system()) AS server_id
"""

# $1, $2: transactions from and before; $3: only greater ids. The blocks that could cover a
# candidate already are those that reach up to the smallest candidate.
_UNSEALED = """
WITH candidate AS MATERIALIZED (
  SELECT id FROM core.audit_log
  WHERE transaction_number >= $1 AND transaction_number < $2 AND ($3::uuid IS NULL OR id > $3))
SELECT id FROM candidate
WHERE NOT EXISTS (
  SELECT FROM (SELECT unnest(covered) AS id FROM core.audit_blocks
               WHERE last_id >= (SELECT id FROM candidate ORDER BY id LIMIT 1)) AS sealed
  WHERE sealed.id = candidate.id)
ORDER BY id LIMIT $4
"""

# Entries of transactions that had ended by the last seal ($1), or from before the move to this
# server ($2), which no block covers.
_INSERTED = """
SELECT id FROM core.audit_log a
WHERE (transaction_number < $1 OR id <= $2)
  AND NOT EXISTS (
    SELECT FROM (SELECT unnest(covered) AS id FROM core.audit_blocks) AS sealed
    WHERE sealed.id = a.id)
ORDER BY id LIMIT 100
"""

_SEAL = f"""
INSERT INTO core.audit_blocks (id, number, sealed_at, covered, first_id, last_id, rows,
  previous_hash, hash, horizon, server_id, after_id, row_hashes)
SELECT $1, $2::bigint, $3, $4::uuid[], $5, $6, rows, $7::bytea,
  sha256($7::bytea || int8send($2::bigint) || hashes), $8, $9, $10, hashes
FROM (SELECT count(*) AS rows, string_agg({_ENTRY_HASH}, ''::bytea ORDER BY a.id) AS hashes
      FROM core.audit_log a WHERE a.id = ANY($4::uuid[])) AS entries
RETURNING hash
"""  # noqa: S608 - put together from the constant above

_RECOMPUTE = f"""
SELECT b.number, b.rows, b.hash, b.previous_hash, b.horizon, b.server_id, b.after_id,
  count(a.id) AS present, min(c.id::text) FILTER (WHERE a.id IS NULL) AS missing,
  sha256(b.previous_hash || int8send(b.number)
    || coalesce(string_agg({_ENTRY_HASH}, ''::bytea ORDER BY a.id), ''::bytea)) AS computed
FROM core.audit_blocks b
CROSS JOIN LATERAL unnest(b.covered) AS c(id)
LEFT JOIN core.audit_log a ON a.tenant_id = b.tenant_id AND a.id = c.id
WHERE b.number > $1 AND b.number <= $2
GROUP BY b.tenant_id, b.id ORDER BY b.number
"""  # noqa: S608 - put together from the constant above

# The entries of block $1 that are not what they were, of which the first is named.
_FIRST_ALTERED = f"""
SELECT a.id FROM core.audit_blocks b
CROSS JOIN LATERAL unnest(b.covered) WITH ORDINALITY AS c(id, place)
JOIN core.audit_log a ON a.tenant_id = b.tenant_id AND a.id = c.id
WHERE b.number = $1 AND b.row_hashes IS NOT NULL
  AND {_ENTRY_HASH} <> substring(b.row_hashes FROM (c.place::int - 1) * 32 + 1 FOR 32)
ORDER BY c.place LIMIT 1
"""  # noqa: S608 - put together from the constant above


@dataclass(frozen=True, slots=True)
class Seal:
    """A block's place in the chain and its hash; enough to recognise the log later."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """Something that does not fit, and the block (None: outside of all) where it shows.

    `entry` is the first entry that is not as it was, where that can be told.
    """

    kind: Literal[
        "rows_missing", "altered", "chain_broken", "block_missing", "inserted", "seal_missing"
    ]
    block: int | None
    message: str
    entry: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far sealing has come: transactions before `horizon`, on that server."""

    horizon: int
    server_id: int
    after_id: UUID | None


async def seal(session: AsyncSession) -> int:
    """Seal what the session's tenant recorded in ended transactions; how many entries.

    At most `ROWS_PER_RUN`; call again while it returns that many. Only one sealer works at a time:
    a second one returns 0 at once. The transaction must be at PostgreSQL's default isolation level.
    """
    connection = await driver_connection(session)
    mine = await connection.fetchval(
        "SELECT pg_try_advisory_xact_lock(hashtextextended('core.seal_audit', 0) # $1)",
        tenant_of(session).int % 2**62,
    )
    if not mine:
        return 0
    last = await connection.fetchrow(_LAST_BLOCK)
    done, goal, before = await _marks(connection, last)
    search = (done.horizon, before, done.after_id, ROWS_PER_RUN)
    ids = [row["id"] for row in await connection.fetch(_UNSEALED, *search)]
    # Where entries remain, the next run must look at the same transactions once more.
    mark = goal if len(ids) < ROWS_PER_RUN else done
    number, previous = (last["number"], last["hash"]) if last is not None else (0, _FIRST)
    for start in range(0, len(ids), BLOCK_ROWS):
        covered = ids[start : start + BLOCK_ROWS]
        number += 1
        previous = await connection.fetchval(
            *(_SEAL, new_id(), number, clock_of(session).now(), covered, covered[0], covered[-1]),
            *(previous, mark.horizon, mark.server_id, mark.after_id),
        )
    if ids:
        _log.info("audit log sealed", block=number, rows=len(ids), hash=previous.hex())
    return len(ids)


async def latest_seal(session: AsyncSession) -> Seal | None:
    """The newest block of the session's tenant; keep it elsewhere and give it to `verify`."""
    connection = await driver_connection(session)
    last = await connection.fetchrow(_LAST_BLOCK)
    return None if last is None else Seal(last["number"], last["hash"])


async def verify(session: AsyncSession, *, known: Seal | None = None) -> list[AuditProblem]:
    """Everything that does not fit in the log of the session's tenant, oldest block first.

    `known` is a seal noted earlier; it must still be in the chain. Entries that wait for the job
    are no problem.
    """
    connection = await driver_connection(session)
    problems: list[AuditProblem] = []
    last = Seal(0, _FIRST)
    newest = await connection.fetchval("SELECT max(number) FROM core.audit_blocks") or 0
    known_is_there = known is None
    for start in range(0, newest, _BLOCKS_PER_CHECK):
        blocks = await connection.fetch(_RECOMPUTE, start, start + _BLOCKS_PER_CHECK)
        problems += _chain_problems(last, blocks)
        for block in blocks:
            if problem := await _block_problem(connection, block):
                problems.append(problem)
            last = Seal(block["number"], block["hash"])
            known_is_there = known_is_there or last == known
    if not known_is_there and known is not None:
        message = f"Block {known.number} with the hash that was noted is not in the log."
        problems.append(AuditProblem("seal_missing", known.number, message))
    return problems + await _inserted(connection)


async def _marks(
    connection: RawConnection, last: asyncpg.Record | None
) -> tuple[_Mark, _Mark, int]:
    """What is sealed, what will be after this run, and before which transaction to look."""
    now = await connection.fetchrow(_HORIZON)
    assert now is not None
    horizon, server_id = now["horizon"], now["server_id"]
    if last is None:
        return _Mark(0, server_id, None), _Mark(horizon, server_id, None), horizon
    done = _Mark(last["horizon"], last["server_id"], last["after_id"])
    if last["server_id"] == server_id:
        return done, _Mark(horizon, server_id, last["after_id"]), horizon
    # Restored onto another server, whose transactions are numbered anew: look at everything once,
    # without regard to the numbers, and from then on only at ids that were made since.
    everything = _Mark(0, last["server_id"], None)
    return everything, _Mark(horizon, server_id, last["last_id"]), 2**63 - 1


def _chain_problems(last: Seal, blocks: Sequence[asyncpg.Record]) -> list[AuditProblem]:
    problems = []
    seals = [last, *(Seal(block["number"], block["hash"]) for block in blocks)]
    for (before, after), block in zip(pairwise(seals), blocks, strict=True):
        if after.number != before.number + 1:
            message = f"Blocks between {before.number} and {after.number} were removed."
            problems.append(AuditProblem("block_missing", after.number, message))
        elif block["previous_hash"] != before.hash:
            message = f"Block {after.number} does not follow from block {before.number}."
            problems.append(AuditProblem("chain_broken", after.number, message))
    return problems


async def _block_problem(connection: RawConnection, block: asyncpg.Record) -> AuditProblem | None:
    number = block["number"]
    gone = block["rows"] - block["present"]
    if gone or block["missing"]:
        first = block["missing"]
        message = f"{gone} of {block['rows']} entries are gone, the first is {first}."
        entry = None if first is None else UUID(first)
        return AuditProblem("rows_missing", number, message, entry)
    if block["computed"] == block["hash"]:
        return None
    message = f"The entries of block {number} are not what they were when it was sealed."
    # None where the block itself was altered, or is older than the hashes of its entries.
    entry = await connection.fetchval(_FIRST_ALTERED, number)
    if entry is not None:
        message = f"{message} The first of them is {entry}."
    return AuditProblem("altered", number, message, entry)


async def _inserted(connection: RawConnection) -> list[AuditProblem]:
    """Entries that claim to be old and are in no block."""
    last = await connection.fetchrow(_LAST_BLOCK)
    if last is None:
        return []
    done, goal, _ = await _marks(connection, last)
    if done.server_id != goal.server_id:
        return []  # the numbers of the transactions mean nothing until the next seal
    found = await connection.fetch(_INSERTED, done.horizon, done.after_id)
    return [
        AuditProblem("inserted", None, f"Entry {row['id']} was put in behind the seals.", row["id"])
        for row in found
    ]
