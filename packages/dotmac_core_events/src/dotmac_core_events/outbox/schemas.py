"""The HTTP shapes of events."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class EventOut(ResponseModel):
    """An announced event and how far its delivery has come."""

    id: UUID
    name: str = Field(examples=["billing.invoice_issued"])
    payload: dict[str, Any]
    occurred_at: datetime
    state: str = Field(description="`pending`, `delivered` or `dead`.", examples=["delivered"])
    attempts: int = Field(description="Failed attempts to deliver it.")
    last_error: str | None = Field(description="What failed last, and where.")
    request_id: str | None
    correlation_id: UUID | None = Field(description="The event or job that brought it about.")


class EventsNamed(RequestModel):
    """Which dead events are meant."""

    ids: list[UUID] | None = Field(
        default=None, max_length=1000, description="Left out: all dead events."
    )


class EventsChanged(ResponseModel):
    """How many events were changed."""

    count: int
