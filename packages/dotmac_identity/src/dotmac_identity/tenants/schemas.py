"""HTTP shapes of the tenant."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class TenantChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=200, examples=["North Net AB"])
    time_zone: str | None = Field(None, min_length=1, max_length=64, examples=["Europe/Stockholm"])
    country: str | None = Field(None, min_length=2, max_length=2, examples=["SE"])


class TenantOut(ResponseModel):
    """The organisation: its books are kept in `currency`, its days begin in `time_zone`."""

    id: UUID
    slug: str
    name: str
    kind: str = Field(examples=["isp"])
    currency: str = Field(examples=["SEK"])
    time_zone: str = Field(examples=["Europe/Stockholm"])
    country: str = Field(examples=["SE"])
    version: int
