"""Every query on the tenant's own domains."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.domains import DomainRow


class DomainRepository:
    """The domains of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, domain: DomainRow) -> None:
        """Keep a new one."""
        self._session.add(domain)

    async def all(self) -> Sequence[DomainRow]:
        """Every domain, by name."""
        return (await self._session.scalars(sa.select(DomainRow).order_by(DomainRow.name))).all()

    async def locked(self, domain_id: UUID) -> DomainRow | None:
        """The domain, if the tenant has it."""
        query = sa.select(DomainRow).where(DomainRow.id == domain_id).with_for_update()
        return await self._session.scalar(query)

    async def remove(self, domain: DomainRow) -> None:
        """Take it away."""
        await self._session.delete(domain)

    async def primary(self) -> str | None:
        """The proved domain that links lead to."""
        query = sa.select(DomainRow.name).where(
            DomainRow.verified_at.is_not(None), DomainRow.is_primary
        )
        return await self._session.scalar(query)
