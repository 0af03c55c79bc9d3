"""HTTP shapes of acting as somebody else."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime, Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class ImpersonationIn(RequestModel):
    """As whom, why, and for how many minutes."""

    tenant: str = Field(max_length=63, description="Short name.", examples=["north-net"])
    email: str = Field(min_length=3, max_length=254, examples=["ann@example.com"])
    reason: str = Field(min_length=5, max_length=500, examples=["Ticket 812: invoice not shown"])
    minutes: int = Field(30, ge=1, le=60, examples=[30])


class ActingOut(ResponseModel):
    """The token to act with until `expires_at`; there is none to refresh it."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    user_name: str
    expires_at: AwareDatetime
    access_token: str
    token_type: str = Field(examples=["Bearer"])


class ImpersonationOut(ResponseModel):
    """Who of the operator acted as which user, why and for how long."""

    id: UUID
    user_id: UUID
    user_email: str
    operator_id: UUID
    operator_name: str
    reason: str
    started_at: AwareDatetime
    expires_at: AwareDatetime
    ended_at: AwareDatetime | None
    ended_by: str | None


class ImpersonationEndedOut(ResponseModel):
    """Nobody acts as the user any more."""

    ended: bool
