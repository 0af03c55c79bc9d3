"""HTTP shapes of domains of one's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class DomainIn(RequestModel):
    """A domain of one's own."""

    name: str = Field(min_length=3, max_length=253, examples=["my.north-net.example"])


class DomainOut(ResponseModel):
    """A domain, and the TXT record that proves it."""

    id: UUID
    name: str
    record: str = Field(examples=["_dotmac-challenge.my.north-net.example"])
    value: str = Field(examples=["dotmac-domain=0f1e2d"])
    verified_at: datetime | None
    is_primary: bool
    created_at: datetime


class DomainRemovedOut(ResponseModel):
    """Nothing is left to be said."""

    removed: bool
