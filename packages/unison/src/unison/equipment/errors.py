"""Refusals about equipment."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class EquipmentNotFoundError(NotFoundError):
    """The tenant has no such piece of equipment."""

    code = "EQUIPMENT_NOT_FOUND"

    def __init__(self, equipment_id: UUID) -> None:
        super().__init__("There is no such equipment.", equipment_id=equipment_id)


class EquipmentCodeTakenError(ConflictError):
    """Another piece of equipment has this code: choose a different one."""

    code = "EQUIPMENT_CODE_TAKEN"

    def __init__(self, codes: list[str]) -> None:
        super().__init__("Another piece of equipment has this code.", codes=codes)


class EquipmentInUseError(ConflictError):
    """Maintenance is planned for it: delete its schedules first, or deactivate it instead."""

    code = "EQUIPMENT_IN_USE"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Maintenance is planned for {code!r}: delete its schedules first, or deactivate it.",
            equipment_code=code,
        )
