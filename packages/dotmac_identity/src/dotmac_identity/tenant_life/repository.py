"""Every query on the lives of tenants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, tenant_of
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import TenantRow
from dotmac_identity.tenant_life.models import TenantLife, TenantMove


class TenantLifeRepository:
    """The life of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def life(self, now: datetime, *, for_update: bool = False) -> TenantLife:
        """Why the tenant is where it is; one that never moved is so since `now`."""
        query = sa.select(TenantLife)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        found = await self._session.scalar(query)
        return found or TenantLife(id=tenant_of(self._session), note="", since=now)

    async def add(self, row: TenantLife | TenantMove) -> None:
        """Keep it."""
        self._session.add(row)
        await self._session.flush()  # what is asked next must see it

    async def moves(self, *, offset: int, limit: int) -> tuple[Sequence[TenantMove], int]:
        """The tenant's moves, newest first, and how many there are in all."""
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(TenantMove))
        query = sa.select(TenantMove).order_by(TenantMove.at.desc(), TenantMove.id.desc())
        return (await self._session.scalars(query.offset(offset).limit(limit))).all(), total or 0


class TenantList:
    """The list of tenants as the operator sees it, over the role that may read all of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, *, state: TenantState | None, slug: str | None, offset: int, limit: int
    ) -> tuple[Sequence[sa.Row[tuple[object, ...]]], int]:
        """Tenants that match by short name, and how many match in all."""
        table = TenantRow.__table__
        matching: list[sa.ColumnElement[bool]] = []
        if state is not None:
            matching.append(table.c.state == state)
        if slug is not None:
            matching.append(table.c.slug.startswith(slug, autoescape=True))
        columns = [table.c[name] for name in ("id", "slug", "state", "created_at", "is_test")]
        rows = sa.select(*columns).where(*matching).order_by(table.c.slug)
        counted = sa.select(sa.func.count()).select_from(table).where(*matching)
        async with self._database.relay() as session:
            found = (await session.execute(rows.offset(offset).limit(limit))).all()
            total = await session.scalar(counted)
        return found, total or 0
