"""What can be done with equipment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import AuditRow, record, record_many
from dotmac_core_ops.database import clock_of, new_id
from unison.equipment.entry import NewEquipment
from unison.equipment.errors import EquipmentNotFoundError
from unison.equipment.events import EquipmentAdded, EquipmentChanged, EquipmentRemoved
from unison.equipment.models import Equipment
from unison.equipment.repository import EquipmentRepository

_FACTS = ("code", "name", "location", "is_active")


class EquipmentService:
    """Equipment of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._equipment = EquipmentRepository(session)

    async def add(self, wanted: Sequence[NewEquipment]) -> list[Equipment]:
        """Enter machines and installations, all or none, in their order.

        Raises:
            EquipmentCodeTakenError: there is a piece of one of these codes.
        """
        now = clock_of(self._session).now()
        pieces = [
            Equipment(
                id=new_id(),
                code=new.code,
                name=new.name,
                location=new.location,
                is_active=new.is_active,
                version=1,
                created_at=now,
                updated_at=now,
            )
            for new in wanted
        ]
        await self._equipment.save(pieces)
        await EventPublisher(self._session).publish_many(
            [EquipmentAdded(equipment_id=p.id, code=p.code, equipment_name=p.name) for p in pieces]
        )
        await record_many(
            self._session,
            [
                AuditRow("unison.equipment_add", ("equipment", piece.id), after=_facts(piece))
                for piece in pieces
            ],
        )
        return pieces

    async def by_id(self, equipment_id: UUID, *, for_update: bool = False) -> Equipment:
        """The piece.

        Raises:
            EquipmentNotFoundError: there is none.
        """
        piece = await self._equipment.by_id(equipment_id, for_update=for_update)
        if piece is None:
            raise EquipmentNotFoundError(equipment_id)
        return piece

    async def change(
        self, equipment_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> Equipment:
        """Change what is given. `check` is called with the present version and may refuse.

        Raises:
            EquipmentNotFoundError: there is none.
            EquipmentCodeTakenError: another piece has the code.
        """
        piece = await self.by_id(equipment_id, for_update=True)
        check(piece.version)
        before = _facts(piece)
        for field, value in changes.items():
            setattr(piece, field, value)
        after = _facts(piece)
        changed = sorted(field for field in after if after[field] != before[field])
        if not changed:
            return piece
        piece.version += 1
        piece.updated_at = clock_of(self._session).now()
        await self._equipment.save([piece])
        await EventPublisher(self._session).publish(
            EquipmentChanged(
                equipment_id=piece.id,
                code=piece.code,
                changed=changed,
                is_active=piece.is_active,
            )
        )
        await self._record("change", piece, before=before, after=after)
        return piece

    async def remove(self, equipment_id: UUID) -> None:
        """Delete a piece for which nothing is planned.

        Raises:
            EquipmentNotFoundError: there is none.
            EquipmentInUseError: it has schedules.
        """
        piece = await self.by_id(equipment_id, for_update=True)
        before = _facts(piece)
        await self._equipment.remove(piece)
        await EventPublisher(self._session).publish(
            EquipmentRemoved(equipment_id=piece.id, code=piece.code)
        )
        await self._record("remove", piece, before=before)

    async def _record(
        self,
        action: str,
        piece: Equipment,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"unison.equipment_{action}",
            target=("equipment", piece.id),
            before=before,
            after=after,
        )


async def add_equipment(session: AsyncSession, wanted: Sequence[NewEquipment]) -> dict[str, UUID]:
    """Enter machines and installations, all or none; their identifiers by code.

    Raises:
        EquipmentCodeTakenError: there is a piece of one of these codes.
    """
    return {piece.code: piece.id for piece in await EquipmentService(session).add(wanted)}


def _facts(piece: Equipment) -> dict[str, object]:
    return {field: getattr(piece, field) for field in _FACTS}
