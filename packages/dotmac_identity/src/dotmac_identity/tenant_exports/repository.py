"""Every query on exports of tenants."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.tenant_exports.models import TenantExport


class TenantExportRepository:
    """The exports of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, export: TenantExport) -> None:
        """Keep a new one."""
        self._session.add(export)

    async def file_ids(self) -> list[UUID]:
        """The files that are exports themselves."""
        query = sa.select(TenantExport.file_id).where(TenantExport.file_id.is_not(None))
        return [file_id for file_id in await self._session.scalars(query) if file_id is not None]

    async def export(self, export_id: UUID, *, for_update: bool = False) -> TenantExport | None:
        """The export, if the tenant asked for it."""
        query = sa.select(TenantExport).where(TenantExport.id == export_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def exports(self, *, offset: int, limit: int) -> tuple[Sequence[TenantExport], int]:
        """The tenant's exports, newest first, and how many there are in all."""
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(TenantExport))
        query = sa.select(TenantExport).order_by(
            TenantExport.requested_at.desc(), TenantExport.id.desc()
        )
        return (await self._session.scalars(query.offset(offset).limit(limit))).all(), total or 0
