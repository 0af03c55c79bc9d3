"""HTTP shapes of sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class SessionOut(ResponseModel):
    """A device that is signed in."""

    id: UUID
    device_name: str = Field(description="What its owner calls it, else what it says of itself.")
    device: str = Field(examples=["Firefox on Windows"])
    address: str = Field(examples=["192.0.2.7"])
    created_at: datetime
    last_seen_at: datetime = Field(description="Exact to a minute.")
    expires_at: datetime
    is_current: bool = Field(description="The session that asks.")


class DeviceNameIn(RequestModel):
    """What a device shall be called."""

    device_name: str = Field(min_length=1, max_length=100, examples=["Laptop at home"])


class EndedOut(ResponseModel):
    """How many sessions were ended."""

    ended: int = Field(examples=[2])
