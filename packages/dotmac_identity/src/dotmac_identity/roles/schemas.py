"""HTTP shapes of roles and permissions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from dotmac_core_ops.http import RequestModel, ResponseModel

RoleName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_-]{1,62}$", examples=["front-desk"], max_length=63)
]
Description = Annotated[str, Field(max_length=500, examples=["Answers the telephone"])]
PermissionNames = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100)]],
    Field(max_length=500, examples=[["customers:read", "roles:read"]]),
]


class RoleIn(RequestModel):
    """A role of one's own."""

    name: RoleName
    description: Description = ""
    permissions: PermissionNames


class RoleChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    name: RoleName | None = None
    description: Description | None = None
    permissions: PermissionNames | None = None


class RoleOut(ResponseModel):
    """A named set of permissions; `*` is all of them."""

    id: UUID
    name: str = Field(examples=["viewer"])
    description: str
    is_system: bool
    permissions: list[str] = Field(examples=[["customers:read", "invoices:read"]])
    version: int
    created_at: AwareDatetime


class RoleDeletedOut(ResponseModel):
    """The role is gone."""

    deleted: bool


class PermissionOut(ResponseModel):
    """A right that a role can hold or an API key can have as a scope."""

    name: str = Field(examples=["customers:read"])
    description: str


class PermissionGroupOut(ResponseModel):
    """The rights that one module asks for."""

    module: str = Field(examples=["customers"])
    permissions: list[PermissionOut]
