"""HTTP shapes of equipment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from unison.equipment.entry import NewEquipment

Code = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$",
        description="Letters, digits and `._/-`; no two pieces have the same one.",
        examples=["PRESS-03"],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Hydraulic press 3"])]
Location = Annotated[str, Field(max_length=200, examples=["Hall B, bay 4"])]
IsActive = Annotated[bool, Field(description="Out of service, nothing is due on it.")]


class EquipmentIn(RequestModel):
    """A machine or installation to be entered."""

    code: Code
    name: Name
    location: Location = ""
    is_active: IsActive = True

    def equipment(self) -> NewEquipment:
        """The same for the service."""
        return NewEquipment(**dict(self))


class EquipmentChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    code: Code = "-"
    name: Name = "-"
    location: Location = ""
    is_active: IsActive = True

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class EquipmentOut(ResponseModel):
    """A machine or installation."""

    id: UUID
    code: str
    name: str
    location: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime
