"""HTTP shapes of test clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from dotmac_core_ops.http import RequestModel, ResponseModel


class TenantClockIn(RequestModel):
    """When time is to stand still; this moment when left out."""

    now: Annotated[AwareDatetime | None, Field(examples=["2026-01-01T00:00:00Z"])] = None


class TenantClockOut(ResponseModel):
    """A test clock; its id is that of its tenant."""

    id: UUID
    now: datetime


class AdvanceIn(RequestModel):
    """How far: to an instant, or by a number of days."""

    to: Annotated[AwareDatetime | None, Field(examples=["2026-02-01T00:00:00Z"])] = None
    days: Annotated[int | None, Field(ge=1, le=731, examples=[31])] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.to is None) == (self.days is None):
            raise ValueError("Give either `to` or `days`.")
        return self


class AdvancedOut(ResponseModel):
    """Where the clock stands now, and what happened on the way."""

    id: UUID
    now: datetime
    steps: int
    jobs: int
    events: int
