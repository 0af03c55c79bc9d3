"""What is announced about equipment."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class EquipmentAdded(Event):
    """A machine or installation was entered."""

    name: ClassVar[str] = "unison.equipment_added"

    equipment_id: UUID
    code: str
    equipment_name: str


class EquipmentChanged(Event):
    """A machine or installation is described differently; `changed` are the fields."""

    name: ClassVar[str] = "unison.equipment_changed"

    equipment_id: UUID
    code: str
    changed: list[str]
    is_active: bool


class EquipmentRemoved(Event):
    """A machine or installation was deleted; nothing was planned for it."""

    name: ClassVar[str] = "unison.equipment_removed"

    equipment_id: UUID
    code: str
