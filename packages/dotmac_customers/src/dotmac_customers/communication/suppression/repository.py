"""Every query on suppressed addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import new_id
from dotmac_customers.communication.models import SuppressedAddress
from dotmac_customers.communication.suppression.bounce import SuppressionReason
from dotmac_customers.communication.topics import ContactChannel


class SuppressionRepository:
    """The addresses that the session's tenant does not write to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        channel: ContactChannel,
        address: str,
        reason: SuppressionReason,
        *,
        detail: str,
        message_id: UUID | None,
        now: datetime,
    ) -> UUID | None:
        """The new row's id; None when the address was suppressed before."""
        made = insert(SuppressedAddress).values(
            id=new_id(),
            channel=channel,
            address=address,
            reason=reason,
            detail=detail,
            message_id=message_id,
            created_at=now,
        )
        added = await self._session.execute(
            made.on_conflict_do_nothing().returning(SuppressedAddress.id)
        )
        return added.scalar_one_or_none()

    async def by_address(self, channel: ContactChannel, address: str) -> SuppressedAddress | None:
        """The row of that address."""
        return await self._session.scalar(
            sa.select(SuppressedAddress).where(
                SuppressedAddress.channel == channel, SuppressedAddress.address == address
            )
        )

    async def by_id(self, suppressed_id: UUID) -> SuppressedAddress | None:
        """The row of that id."""
        return await self._session.scalar(
            sa.select(SuppressedAddress).where(SuppressedAddress.id == suppressed_id)
        )

    async def page(
        self, *, channel: ContactChannel | None, address: str | None, offset: int, limit: int
    ) -> tuple[Sequence[SuppressedAddress], int]:
        """Addresses that match, newest first, and how many match in all."""
        matching: list[sa.ColumnElement[bool]] = []
        if channel is not None:
            matching.append(SuppressedAddress.channel == channel)
        if address is not None:
            matching.append(SuppressedAddress.address == address)
        query = sa.select(SuppressedAddress).where(*matching)
        newest = query.order_by(SuppressedAddress.id.desc()).offset(offset).limit(limit)
        rows = (await self._session.scalars(newest)).all()
        counted = sa.select(sa.func.count()).select_from(SuppressedAddress).where(*matching)
        return rows, (await self._session.execute(counted)).scalar_one()

    async def remove(self, row: SuppressedAddress) -> None:
        """Let it be written to again."""
        await self._session.delete(row)
