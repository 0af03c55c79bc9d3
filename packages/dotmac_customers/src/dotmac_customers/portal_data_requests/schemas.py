"""HTTP shapes of what customers ask about their data."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.data_requests.deadlines import DataRequestKind, DataRequestState


class OwnDataRequestIn(RequestModel):
    """What one asks for: `access` to all that is known, or `erasure`."""

    kind: DataRequestKind = Field(examples=["access"])


class OwnDataRequestOut(ResponseModel):
    """A request, and how far it has come."""

    id: UUID
    kind: DataRequestKind
    state: DataRequestState
    received_on: date
    due_on: date = Field(description="The last day for an answer.")
    closed_at: datetime | None
    file_expires_at: datetime | None = Field(description="Until when the data can be fetched.")
