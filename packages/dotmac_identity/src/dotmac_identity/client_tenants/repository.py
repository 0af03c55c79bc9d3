"""Every query on which customer of the operator is which tenant."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.client_tenants.models import ClientTenant


class ClientTenantRepository:
    """The tenants that are customers of the session's tenant, the operator."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, client: ClientTenant) -> None:
        """Keep a new one."""
        self._session.add(client)

    async def by_client(self, client_id: UUID) -> ClientTenant | None:
        """Who the tenant is among the customers, locked."""
        query = sa.select(ClientTenant).where(ClientTenant.client_id == client_id)
        return await self._session.scalar(query.with_for_update())

    async def all(self, customer_id: UUID | None = None) -> Sequence[ClientTenant]:
        """All of them, or that of one customer."""
        query = sa.select(ClientTenant).order_by(ClientTenant.id)
        if customer_id is not None:
            query = query.where(ClientTenant.customer_id == customer_id)
        return (await self._session.scalars(query)).all()
