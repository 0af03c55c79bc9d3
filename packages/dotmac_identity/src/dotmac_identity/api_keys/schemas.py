"""HTTP shapes of API keys."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class ApiKeyIn(RequestModel):
    """A key for a program."""

    name: str = Field(min_length=1, max_length=200, examples=["Nightly export"])
    scopes: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        min_length=1, max_length=200, examples=[["customers:read"]]
    )
    expires_at: AwareDatetime | None = Field(None, examples=["2027-12-31T23:59:59Z"])
    networks: list[Annotated[str, Field(min_length=2, max_length=50)]] = Field(
        [],
        max_length=50,
        description="Where it may be used from, as addresses or CIDR; empty: from anywhere.",
        examples=[["203.0.113.0/24"]],
    )


class ServiceKeyIn(ApiKeyIn):
    """A key of a service account; without `scopes` it may do what the account may."""

    scopes: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        ["*"], min_length=1, max_length=200, examples=[["customers:read"]]
    )


class RotationIn(RequestModel):
    """How many hours the old key stays good beside the new one."""

    overlap_hours: int = Field(24, ge=0, le=168, examples=[24])


class ApiKeyOut(ResponseModel):
    """A key without its secret; `hint` is how the secret ends."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_by: str
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    user_id: UUID | None
    service_account_id: UUID | None
    networks: list[str]
    replaces_id: UUID | None


class IssuedApiKeyOut(ApiKeyOut):
    """A new key with its secret, which is shown only now."""

    secret: str = Field(examples=["dmk_0190a3…"])
