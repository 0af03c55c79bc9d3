"""HTTP shapes of timelines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import JsonMoney, ResponseModel


class AboutOut(ResponseModel):
    """What an entry happened with."""

    kind: str = Field(examples=["invoice"])
    id: UUID


class TimelineEntryOut(ResponseModel):
    """Something that happened to a customer."""

    id: UUID
    customer_id: UUID = Field(description="Whom it happened to: one that was merged, perhaps.")
    at: datetime
    kind: str = Field(examples=["payment"])
    title: str = Field(examples=["Paid 79.99 EUR by bank transfer."])
    amount: JsonMoney | None
    currency: str | None
    about: AboutOut | None


class TimelineMeta(ResponseModel):
    """Where the next page begins; null at the end."""

    next_cursor: str | None


class TimelineOut(ResponseModel):
    """A page of a timeline."""

    data: list[TimelineEntryOut]
    meta: TimelineMeta
