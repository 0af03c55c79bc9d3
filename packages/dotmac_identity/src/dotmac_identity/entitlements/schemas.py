"""HTTP shapes of entitlements."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr

from dotmac_core_ops.http import RequestModel, ResponseModel

FeatureName = Annotated[
    str, Field(min_length=1, max_length=63, pattern=r"^[a-z][a-z0-9_]*$", examples=["users"])
]
Value = Annotated[
    StrictBool | StrictInt | Annotated[StrictStr, Field(max_length=63)],
    Field(description="On or off, so many (-1 is unlimited), or a word.", examples=[50]),
]


class EntitlementLimitOut(ResponseModel):
    """How many there may be (-1: as many as one likes), and how many there are."""

    name: str = Field(examples=["users"])
    limit: int = Field(examples=[25])
    used: int = Field(examples=[7])


class EntitlementsOut(ResponseModel):
    """What the organisation may use. Unless `is_restricted`, everything."""

    is_restricted: bool
    plan: str | None = Field(examples=["PROFESSIONAL"])
    tier: str | None = Field(examples=["professional"])
    features: list[str] = Field(examples=[["multi_plant", "spc_charts"]])
    limits: list[EntitlementLimitOut]


class OverrideIn(RequestModel):
    """What shall go before the plan, and why."""

    value: Value
    reason: str = Field(min_length=1, max_length=500, examples=["Agreed for the pilot."])
    ends_on: date | None = Field(None, description="The first day without it; null: for good.")


class OverrideOut(ResponseModel):
    """What goes before the plan."""

    name: str
    value: Value
    reason: str
    ends_on: date | None
