"""Giving a new version of a plan to those who have an older one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import ChangeBehaviour, Rollout
from dotmac_billing.changes.kinds import ChangeAt
from dotmac_billing.changes.plan_of_change import ChangeMade
from dotmac_billing.changes.wanted import WantedPlan, When
from dotmac_billing.modifications.service import ModificationService
from dotmac_billing.protocols import Transactions
from dotmac_billing.rollouts.repository import RolloutRepository
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.errors import DomainError

_AT_A_TIME = 500
_BEFORE_ALL = UUID(int=0)


@dataclass
class RolledOut:
    """How many subscriptions have the new version arranged, and the refusals of the others.

    `last_id` is the last subscription that was looked at: they are taken in the order of ids.
    """

    changed: int = 0
    refused: dict[UUID, str] = field(default_factory=dict)
    last_id: UUID = _BEFORE_ALL


async def _unseen(_: RolledOut) -> None:
    """Nobody looks at the progress."""


async def roll_out(
    database: Transactions,
    tenant_id: UUID,
    *,
    at_a_time: int = _AT_A_TIME,
    progress: Callable[[RolledOut], Awaitable[None]] = _unseen,
) -> RolledOut:
    """Arrange for every subscription the version that its plan's newest one asks for.

    From its next renewal, or from a day: a day that is past already is today. `at_a_time` of them
    are a transaction, with as many statements as one takes; one that cannot be changed holds up no
    other. What is arranged is not due again, so that a job that is ended goes on where it was and
    a second time changes nothing. `progress` is told all that was done after each transaction.
    """
    done, looked_at = RolledOut(), at_a_time
    while looked_at == at_a_time:
        arrange = partial(arrange_some, after=done.last_id, limit=at_a_time)
        results = await database.run(tenant_id, arrange)
        refused = {key: one.code for key, one in results.items() if isinstance(one, DomainError)}
        done.refused.update(refused)
        done.changed += len(results) - len(refused)
        done.last_id = max(results, default=done.last_id)
        looked_at = len(results)
        await progress(done)
    return done


async def arrange_some(
    session: AsyncSession, *, after: UUID, limit: int
) -> dict[UUID, ChangeMade | DomainError]:
    """Arrange it for at most `limit` of them, after an id; what came of each."""
    clock = clock_of(session)
    due = await RolloutRepository(session).due(clock.now(), after, limit)
    return await ModificationService(session).change_plans(
        {row["id"]: (WantedPlan(row["version_id"]), _when(row, clock)) for row in due}
    )


def _when(row: asyncpg.Record, clock: Clock) -> When:
    if Rollout(row["rollout"]) is not Rollout.DATE or row["rollout_on"] is None:
        return When(behaviour=ChangeBehaviour.AT_RENEWAL)
    day = max(row["rollout_on"], clock.today(row["time_zone"]), row["start_on"])
    return When(ChangeAt.DATE, day, ChangeBehaviour.NOW_WITH_CREDIT)
