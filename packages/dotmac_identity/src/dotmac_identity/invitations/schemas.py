"""HTTP shapes of invitations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field, SecretStr

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.users.schemas import Password, RoleNames


class InvitationIn(RequestModel):
    """Somebody who shall join."""

    email: str = Field(min_length=3, max_length=254, examples=["ann@example.com"])
    name: str = Field(min_length=1, max_length=200, examples=["Ann Berg"])
    roles: RoleNames
    locale: str | None = Field(
        None,
        min_length=2,
        max_length=12,
        description="Without one, the organisation's language.",
        examples=["de"],
    )


class InvitationOut(ResponseModel):
    """Somebody was asked to join; the link itself is only in the message."""

    id: UUID
    email: str
    name: str
    roles: list[str]
    state: str = Field(examples=["pending"])
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    user_id: UUID | None = Field(description="Whom it has become.")


class AcceptIn(RequestModel):
    """What stood after `#token=` in the link, and what one signs in with."""

    # A password is taken as it is, spaces at its ends included.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    token: SecretStr = Field(
        max_length=200, examples=["dmi_0192f0c15e7a7000800000000000000a_" + "A" * 43]
    )
    password: Password
    name: str | None = Field(None, min_length=1, max_length=200, examples=["Ann Berg"])
