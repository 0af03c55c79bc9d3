"""HTTP shapes of linked identities."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.users.schemas import Password


class LinkIdentityIn(RequestModel):
    """A provider to sign in by from now on, and the password, if one has one."""

    # A password is taken as it is, spaces at its ends included.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    provider_id: UUID
    password: Password | None = Field(
        None, description="Who has none must have signed in within ten minutes."
    )
    return_to: str | None = Field(
        None, max_length=500, description="A path of the app to go on at.", examples=["/profile"]
    )


class LinkingOut(ResponseModel):
    """Where the browser goes now; it keeps the cookie that came along."""

    authorization_url: str = Field(examples=["https://login.north-net.example/authorize?…"])


class LinkedIdentityOut(ResponseModel):
    """A provider that one signs in by."""

    id: UUID
    provider_id: UUID
    provider: str = Field(examples=["North Net"])
    email: str | None = Field(description="What the provider called one by when it was linked.")
    created_at: datetime
    last_used_at: datetime


class IdentityUnlinkedOut(ResponseModel):
    """Nothing is left to be said."""

    unlinked: bool
