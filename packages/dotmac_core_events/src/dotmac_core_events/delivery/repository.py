"""The outbox as the relay sees it: the due events of all tenants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

# One statement takes what is due; what nobody handles is delivered by that. Its commit need not
# wait for the disk: should the server fail, the events are taken again, and the deliveries, whose
# commits do wait, say who has them already.
_CLAIM = """
WITH due AS (
  SELECT tenant_id, id FROM events.outbox
  WHERE state = 'pending' AND next_attempt_at <= $1 AND ($6::uuid IS NULL OR tenant_id = $6)
  ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE events.outbox o SET
    state = CASE WHEN o.name = ANY($3::text[]) THEN 'pending' ELSE 'delivered' END,
    claim = CASE WHEN o.name = ANY($3::text[]) THEN $4::uuid END,
    next_attempt_at = $5,
    losses = o.losses + (o.claim IS NOT NULL)::int
  FROM due WHERE o.tenant_id = due.tenant_id AND o.id = due.id
  RETURNING o.tenant_id, o.id, o.name, o.payload, o.request_id, o.correlation_id, o.occurred_at,
    o.attempts, o.losses, o.state
)
SELECT tenant_id, id, name, CASE WHEN state = 'pending' THEN payload::text END AS payload,
  request_id, correlation_id, occurred_at, attempts, losses
FROM taken, (SELECT set_config('synchronous_commit', 'off', true)) AS lax ORDER BY id
"""
# Below, the state is not asked for: that would invite PostgreSQL to look through all pending ones.
_EXTEND = """
UPDATE events.outbox o SET next_attempt_at = $4
FROM unnest($1::uuid[], $2::uuid[]) AS mine(tenant_id, id)
WHERE o.tenant_id = mine.tenant_id AND o.id = mine.id AND o.claim = $3
"""
_FINISH = """
UPDATE events.outbox o SET state = 'delivered', claim = NULL, last_error = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS done(tenant_id, id)
WHERE o.tenant_id = done.tenant_id AND o.id = done.id
"""
_RELEASE = """
UPDATE events.outbox o SET next_attempt_at = 'epoch', claim = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS mine(tenant_id, id)
WHERE o.tenant_id = mine.tenant_id AND o.id = mine.id AND o.claim = $3
"""
# Only while the claim is still ours: whoever took it over since may be delivering it right now.
_FAIL = """
UPDATE events.outbox o SET
  attempts = o.attempts + 1, claim = NULL, last_error = failed.error,
  next_attempt_at = failed.next_attempt_at,
  state = CASE WHEN failed.is_dead THEN 'dead' ELSE 'pending' END
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::bool[])
  AS failed(tenant_id, id, next_attempt_at, error, is_dead)
WHERE o.tenant_id = failed.tenant_id AND o.id = failed.id AND o.claim = $6
"""


@dataclass(frozen=True, slots=True)
class ClaimedEvent:
    """An event that this worker has taken on."""

    tenant_id: UUID
    id: UUID
    name: str
    payload: str
    request_id: str | None
    correlation_id: UUID | None
    occurred_at: datetime
    attempts: int
    losses: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The events taken together, in their order, and how many more needed nobody."""

    id: UUID
    events: list[ClaimedEvent]
    unheard: int


@dataclass(frozen=True, slots=True)
class FailedEvent:
    """What is written down about a delivery that did not succeed."""

    event: ClaimedEvent
    error: str
    next_attempt_at: datetime
    is_dead: bool


class OutboxRelay:
    """Takes due events and says what became of them; needs a session of role relay."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(
        self,
        claim_id: UUID,
        *,
        names: Sequence[str],
        limit: int,
        now: datetime,
        lease_until: datetime,
        tenant_id: UUID | None,
    ) -> Claim:
        """Take up to `limit` due events, fresh ones first, and keep them until `lease_until`.

        Those called none of `names` become delivered at once.
        """
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            _CLAIM, now, limit, list(names), claim_id, lease_until, tenant_id
        )
        mine = [_claimed(row) for row in rows if row["payload"] is not None]
        return Claim(claim_id, mine, len(rows) - len(mine))

    async def extend(self, claim: Claim, lease_until: datetime) -> None:
        """Keep what is not finished of it until `lease_until`."""
        connection = await driver_connection(self._session)
        await connection.execute(_EXTEND, *_keys(claim.events), claim.id, lease_until)

    async def release(self, claim: Claim) -> None:
        """Give back what is not finished of it; whoever is free may take it at once."""
        connection = await driver_connection(self._session)
        await connection.execute(_RELEASE, *_keys(claim.events), claim.id)

    async def finish(self, events: Sequence[ClaimedEvent]) -> None:
        """Every handler has them."""
        connection = await driver_connection(self._session)
        await connection.execute(_FINISH, *_keys(events))

    async def fail(self, claim: Claim, failures: Sequence[FailedEvent]) -> None:
        """A handler refused them: try again later, or give up."""
        connection = await driver_connection(self._session)
        await connection.execute(
            _FAIL,
            *_keys(failure.event for failure in failures),
            [failure.next_attempt_at for failure in failures],
            [failure.error for failure in failures],
            [failure.is_dead for failure in failures],
            claim.id,
        )


def _claimed(row: asyncpg.Record) -> ClaimedEvent:
    return ClaimedEvent(*row)


def _keys(events: Iterable[ClaimedEvent]) -> tuple[list[UUID], list[UUID]]:
    listed = list(events)
    return [event.tenant_id for event in listed], [event.id for event in listed]
