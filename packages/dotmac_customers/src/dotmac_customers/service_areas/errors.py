"""Refusals about service areas."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class ServiceAreaNotFoundError(NotFoundError):
    """The tenant has no such service area."""

    code = "SERVICE_AREA_NOT_FOUND"

    def __init__(self, area_id: UUID) -> None:
        super().__init__("There is no such service area.", area_id=str(area_id))


class ServiceAreaNameTakenError(ConflictError):
    """Another service area has this name."""

    code = "SERVICE_AREA_NAME_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__("Another service area has this name.", name=name)


class InvalidAreaError(InvalidError):
    """The GeoJSON describes no area; the message says what is wrong with it."""

    code = "INVALID_AREA"

    def __init__(self, reason: str) -> None:
        super().__init__(f"This is not an area: {reason}.", reason=reason)


class AddressNotPlacedError(InvalidError):
    """Addresses without coordinates, or unknown ones, cannot be checked: place them before."""

    code = "ADDRESS_NOT_PLACED"

    def __init__(self, address_ids: list[str]) -> None:
        super().__init__(
            "These addresses have no coordinates, or do not exist.", address_ids=address_ids
        )
