"""Every query about equipment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from unison.equipment.entry import WantedEquipment
from unison.equipment.errors import EquipmentCodeTakenError, EquipmentInUseError
from unison.equipment.models import Equipment

_KNOWN = """
SELECT e.id FROM unison.equipment e JOIN unnest($1::uuid[]) AS wanted(id) ON wanted.id = e.id
"""
_SORTED_BY = {
    "code": Equipment.code,
    "name": Equipment.name,
    "location": Equipment.location,
    "created_at": Equipment.id,  # identifiers are made in order of creation
}


class EquipmentRepository:
    """Equipment of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_id(self, equipment_id: UUID, *, for_update: bool = False) -> Equipment | None:
        """The piece, if the tenant has it."""
        query = sa.select(Equipment).where(Equipment.id == equipment_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def known(self, equipment_ids: Iterable[UUID]) -> set[UUID]:
        """Those of the identifiers that the tenant has."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_KNOWN, list(equipment_ids))
        return {row["id"] for row in rows}

    async def page(
        self, wanted: WantedEquipment, *, offset: int, limit: int
    ) -> tuple[Sequence[Equipment], int]:
        """Some of the pieces that are wanted, and how many there are in all."""
        conditions: list[sa.ColumnElement[bool]] = []
        if wanted.is_active is not None:
            conditions.append(Equipment.is_active.is_(wanted.is_active))
        for word in (wanted.q or "").split():
            texts = (Equipment.code, Equipment.name, Equipment.location)
            conditions.append(sa.or_(*(text.icontains(word, autoescape=True) for text in texts)))
        column = _SORTED_BY[wanted.sort]
        order = column.desc() if wanted.descending else column.asc()
        query = sa.select(Equipment).where(*conditions).order_by(order, Equipment.id)
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        count = sa.select(sa.func.count()).select_from(Equipment).where(*conditions)
        return rows, await self._session.scalar(count) or 0

    async def save(self, pieces: Sequence[Equipment]) -> None:
        """Write them now, to learn of a conflict.

        Raises:
            EquipmentCodeTakenError: there is a piece of one of these codes.
        """
        codes = [piece.code for piece in pieces]
        try:
            async with self._session.begin_nested():
                self._session.add_all(pieces)
        except IntegrityError as error:
            raise EquipmentCodeTakenError(codes) from error

    async def remove(self, piece: Equipment) -> None:
        """Forget a piece.

        Raises:
            EquipmentInUseError: something is planned for it.
        """
        code = piece.code
        try:
            async with self._session.begin_nested():
                await self._session.delete(piece)
        except IntegrityError as error:
            raise EquipmentInUseError(code) from error
