"""HTTP shapes of roles and permissions."""

from __future__ import annotations

from pydantic import Field

from dotmac_core_ops.http import ResponseModel


class RoleOut(ResponseModel):
    """A named set of permissions; `*` is all of them."""

    name: str = Field(examples=["viewer"])
    description: str
    is_system: bool
    permissions: list[str] = Field(examples=[["customers:read", "invoices:read"]])


class PermissionOut(ResponseModel):
    """A right that a role can hold or an API key can have as a scope."""

    name: str = Field(examples=["customers:read"])
    description: str
