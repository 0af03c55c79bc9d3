"""What somebody gets who knew the password and has a second factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dotmac_core_ops.tenant_settings import TenantSetting

CHALLENGE_PREFIX = "dmc"
DEVICE_PREFIX = "dmv"

REMEMBERED_DAYS = TenantSetting(
    "second_factors.remembered_days",
    30,
    "For how many days a device is remembered that showed a second factor; 0 remembers none.",
    minimum=0,
    maximum=30,
)
"""What a tenant may shorten, for devices that are remembered already too."""


@dataclass(frozen=True)
class NewChallenge:
    """A token to be sent back with the second factor, the methods there are, seconds it is good."""

    token: str = field(repr=False)
    methods: tuple[str, ...]
    expires_in: int


@dataclass(frozen=True)
class DeviceView:
    """A device that is let in by the password alone until `expires_at`."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
