"""HTTP shapes of users."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr

from dotmac_core_ops.http import RequestModel, ResponseModel

RoleNames = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=63)]],
    Field(min_length=1, max_length=20, examples=[["billing", "viewer"]]),
]
Password = Annotated[SecretStr, Field(max_length=1024, examples=["correct horse battery staple"])]


class UserIn(RequestModel):
    """Somebody who shall be able to sign in."""

    email: str = Field(min_length=3, max_length=254, examples=["ann@example.com"])
    name: str = Field(min_length=1, max_length=200, examples=["Ann Berg"])
    password: Password
    roles: RoleNames


class UserChangeIn(RequestModel):
    """What shall be different."""

    name: str = Field(min_length=1, max_length=200, examples=["Ann Berg"])


class RolesIn(RequestModel):
    """All roles that somebody shall have."""

    roles: RoleNames


class PasswordIn(RequestModel):
    """A new password, at least ten characters long."""

    password: Password


class UserOut(ResponseModel):
    """A user of the tenant."""

    id: UUID
    email: str
    name: str
    is_active: bool
    roles: list[str]
    created_at: datetime
    last_sign_in_at: datetime | None
