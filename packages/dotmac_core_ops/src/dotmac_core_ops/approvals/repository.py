"""Every query on approvals and their limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.approvals.actions import ApprovalState
from dotmac_core_ops.approvals.models import Approval, ApprovalLimit
from dotmac_core_ops.database import new_id


class ApprovalRepository:
    """The tenant's approvals and limits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, approval: Approval) -> None:
        """Keep a new request."""
        self._session.add(approval)
        await self._session.flush()  # a wrong value shows here rather than at the end

    async def by_id(self, approval_id: UUID, *, for_update: bool = False) -> Approval | None:
        """The approval; `for_update` makes others who want it wait until the transaction ends."""
        query = sa.select(Approval).where(Approval.id == approval_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def page(
        self,
        *,
        state: ApprovalState | None,
        action: str | None,
        target: tuple[str, str] | None,
        offset: int,
        limit: int,
    ) -> tuple[Sequence[Approval], int]:
        """A page of those that match, newest first, and how many there are."""
        query = sa.select(Approval)
        if state is not None:
            query = query.where(Approval.state == state)
        if action is not None:
            query = query.where(Approval.action == action)
        if target is not None:
            query = query.where(Approval.target_type == target[0], Approval.target_id == target[1])
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))
        rows = query.order_by(Approval.id.desc()).offset(offset).limit(limit)
        return (await self._session.scalars(rows)).all(), total or 0

    async def limits_of(self, action: str) -> dict[str, Decimal]:
        """The limits of an action, by currency."""
        query = sa.select(ApprovalLimit.currency, ApprovalLimit.amount).where(
            ApprovalLimit.action == action
        )
        rows = await self._session.execute(query)
        return {row.currency: row.amount for row in rows}

    async def limits(self) -> Sequence[ApprovalLimit]:
        """All limits, by action and currency."""
        query = sa.select(ApprovalLimit).order_by(ApprovalLimit.action, ApprovalLimit.currency)
        return (await self._session.scalars(query)).all()

    async def set_limit(
        self, action: str, currency: str, amount: Decimal, *, by: str, now: datetime
    ) -> None:
        """Put a limit in the place of the one there is, if there is one."""
        values = {"amount": amount, "set_by": by, "set_at": now}
        statement = insert(ApprovalLimit).values(
            id=new_id(), action=action, currency=currency, **values
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "action", "currency"], set_=values
            )
        )

    async def remove_limit(self, action: str, currency: str) -> bool:
        """Remove a limit; whether there was one."""
        removed = await self._session.scalars(
            sa.delete(ApprovalLimit)
            .where(ApprovalLimit.action == action, ApprovalLimit.currency == currency)
            .returning(ApprovalLimit.id)
        )
        return bool(removed.all())
