"""Giving a new version of a plan to those who have an older one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import ChangeBehaviour, Rollout
from dotmac_billing.changes.kinds import ChangeAt
from dotmac_billing.changes.wanted import WantedPlan, When
from dotmac_billing.modifications.service import ModificationService
from dotmac_billing.protocols import Transactions
from dotmac_billing.rollouts.repository import RolloutRepository
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.errors import DomainError

_AT_A_TIME = 500


@dataclass
class RolledOut:
    """How many subscriptions have the new version arranged, and the refusals of the others."""

    changed: int = 0
    refused: dict[UUID, str] = field(default_factory=dict)


async def roll_out(database: Transactions, tenant_id: UUID) -> RolledOut:
    """Arrange for every subscription the version that its plan's newest one asks for.

    From its next renewal, or from a day: a day that is past already is today. Each subscription is
    a transaction of its own, so that one that cannot be changed holds up no other, and a job that
    is ended goes on where it was. A second time changes nothing.
    """
    done, after = RolledOut(), UUID(int=0)
    while True:
        async with database.transaction(tenant_id) as session:
            now = clock_of(session).now()
            due = await RolloutRepository(session).due(now, after, _AT_A_TIME)
        for row in due:
            after, rollout_on = row["id"], row["rollout_on"]
            wanted = (row["version_id"], Rollout(row["rollout"]), rollout_on)
            try:
                await database.run(tenant_id, _arranging(after, *wanted))
            except DomainError as error:
                done.refused[after] = error.code
                continue
            done.changed += 1
        if len(due) < _AT_A_TIME:
            return done


def _arranging(
    subscription_id: UUID, version_id: UUID, rollout: Rollout, on: date | None
) -> Callable[[AsyncSession], Awaitable[None]]:
    async def arrange(session: AsyncSession) -> None:
        when = When(behaviour=ChangeBehaviour.AT_RENEWAL)
        if rollout is Rollout.DATE and on is not None:
            subscription = await SubscriptionService(session).get(subscription_id)
            today = clock_of(session).today(subscription.time_zone)
            day = max(on, today, subscription.start_on)
            when = When(ChangeAt.DATE, day, ChangeBehaviour.NOW_WITH_CREDIT)
        wanted = WantedPlan(version_id)
        await ModificationService(session).change_plan(subscription_id, wanted, when)

    return arrange
