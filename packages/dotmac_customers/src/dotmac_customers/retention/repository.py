"""Every query about reasons."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import new_id
from dotmac_customers.retention.models import RetentionReason
from dotmac_customers.retention.reason import OwnReason


class RetentionRepository:
    """Reasons of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def own(self) -> dict[str, OwnReason]:
        """The tenant's reasons, by what they are about."""
        rows = await self._session.scalars(sa.select(RetentionReason))
        return {row.subject: OwnReason(row.basis, row.years) for row in rows}

    async def put(self, subject: str, reason: OwnReason, by: str, now: datetime) -> None:
        """Let the tenant have this reason."""
        said = {"basis": reason.basis, "years": reason.years, "updated_by": by, "updated_at": now}
        made = insert(RetentionReason).values(id=new_id(), subject=subject, **said)
        await self._session.execute(
            made.on_conflict_do_update(index_elements=["tenant_id", "subject"], set_=said)
        )

    async def remove(self, subject: str) -> None:
        """Let the tenant have no reason of its own."""
        await self._session.execute(
            sa.delete(RetentionReason).where(RetentionReason.subject == subject)
        )
