"""HTTP shapes of remembered devices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import ResponseModel


class DeviceOut(ResponseModel):
    """A device on which the password alone is asked for."""

    id: UUID
    device: str = Field(examples=["Firefox on Windows"])
    address: str = Field(examples=["192.0.2.7"])
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class ForgottenDevicesOut(ResponseModel):
    """How many devices were forgotten."""

    forgotten: int = Field(examples=[2])
