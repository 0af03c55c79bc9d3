"""HTTP shapes of service accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from dotmac_core_ops.http import RequestModel, ResponseModel

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Accounting export"])]
Description = Annotated[str, Field(max_length=500, examples=["Fetches invoices every night"])]
AccountRoles = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=63)]],
    Field(max_length=20, examples=[["viewer"]]),
]


class ServiceAccountIn(RequestModel):
    """A program that shall have rights of its own."""

    name: Name
    description: Description = ""
    roles: AccountRoles


class ServiceAccountChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    name: Name | None = None
    description: Description | None = None


class AccountRolesIn(RequestModel):
    """All roles that the account shall have."""

    roles: AccountRoles


class ServiceAccountOut(ResponseModel):
    """A program with rights of its own; it signs in by its keys only."""

    id: UUID
    name: str
    description: str
    is_active: bool
    roles: list[str]
    created_by: str
    created_at: AwareDatetime
    version: int
