"""Who looks after a customer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_customers.assignment.errors import AssigneeInactiveError
from dotmac_customers.assignment.repository import AssignmentRepository
from dotmac_customers.filters.expression import Condition
from dotmac_customers.filters.fields import Op, ValueType
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.rows import stored_event
from dotmac_identity import UserService


class AssignmentService:
    """Assignments of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._assignments = AssignmentRepository(session)

    async def assign(self, target: Target, user_id: UUID | None) -> int:
        """Give customers to a user, or to nobody, in one statement; how many changed.

        Raises:
            UserNotFoundError: the tenant has no such user.
            AssigneeInactiveError: they cannot sign in.
        """
        if user_id is not None and not (await self._user(user_id)):
            raise AssigneeInactiveError(user_id)
        now = clock_of(self._session).now()
        changed = await self._assignments.assign(target, user_id, now)
        await EventPublisher(self._session).publish_many(
            [stored_event(row, ["assignee_id"]) for row in changed]
        )
        if changed:
            await record(
                self._session,
                action="customers.assign",
                target=("customer", changed[0]["id"]),
                after={"assignee_id": user_id, "customers": len(changed)},
            )
        return len(changed)

    async def hand_over(self, from_user_id: UUID, to_user_id: UUID | None) -> int:
        """Give all customers of a user, who may have left, to another or to nobody; how many.

        Raises:
            UserNotFoundError: the tenant has no such user.
            AssigneeInactiveError: the new one cannot sign in.
        """
        theirs = Condition("assignee_id", ValueType.ID, Op.EQ, from_user_id)
        return await self.assign(Target(expression=theirs), to_user_id)

    async def _user(self, user_id: UUID) -> bool:
        return (await UserService.within(self._session).by_id(user_id)).is_active
