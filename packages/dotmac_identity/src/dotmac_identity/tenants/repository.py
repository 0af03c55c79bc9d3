"""Every query on tenant profiles."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.tenants.models import TenantRecord


class TenantRepository:
    """The profile of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tenant: TenantRecord) -> None:
        """Keep the profile of a new tenant."""
        self._session.add(tenant)
        await self._session.flush()  # what is announced next may look for it

    async def own(self, *, for_update: bool = False) -> TenantRecord | None:
        """The profile, if the tenant has one (tenants of embedding programs may not)."""
        query = sa.select(TenantRecord)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)
