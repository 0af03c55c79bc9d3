"""Every query on service accounts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.service_accounts.models import ServiceAccount


class ServiceAccountRepository:
    """The tenant's service accounts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, account: ServiceAccount) -> None:
        """Keep a new account."""
        self._session.add(account)

    async def by_id(self, account_id: UUID, *, for_update: bool = False) -> ServiceAccount | None:
        """The account, if the tenant has it."""
        query = sa.select(ServiceAccount).where(ServiceAccount.id == account_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def page(self, *, offset: int, limit: int) -> tuple[Sequence[ServiceAccount], int]:
        """A page of all accounts by name, and how many there are in all."""
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(ServiceAccount))
        rows = sa.select(ServiceAccount).order_by(ServiceAccount.name)
        found = await self._session.scalars(rows.offset(offset).limit(limit))
        return found.all(), total or 0
