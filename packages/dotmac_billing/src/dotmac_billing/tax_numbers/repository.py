"""Queries of checks of tax numbers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.tax.models import TaxNumberCheck


class TaxNumberRepository:
    """Checks of the session's tenant; they are only ever added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, check: TaxNumberCheck) -> None:
        """Remember a check."""
        self._session.add(check)
        await self._session.flush()  # read back by the routes

    async def page(
        self, customer_id: UUID | None, number: str | None, offset: int, limit: int
    ) -> tuple[Sequence[TaxNumberCheck], int]:
        """A page of checks, the newest first, and the number of all that match."""
        conditions = []
        if customer_id is not None:
            conditions.append(TaxNumberCheck.customer_id == customer_id)
        if number is not None:
            conditions.append(TaxNumberCheck.number == number)
        rows = await self._session.execute(
            sa.select(TaxNumberCheck)
            .where(*conditions)
            .order_by(TaxNumberCheck.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(TaxNumberCheck).where(*conditions)
        )
        return rows.scalars().all(), total.scalar_one()
