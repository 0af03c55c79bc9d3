"""HTTP shapes of requests of data subjects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.data_requests.deadlines import DataRequestKind, DataRequestState


class DataRequestIn(RequestModel):
    """Somebody asks for their data, or to be forgotten."""

    customer_id: UUID
    kind: DataRequestKind
    received_on: date | None = Field(None, description="Today, unless given.")


class IdentityConfirmationIn(RequestModel):
    """How you made sure who asks. Write nothing here that names the person."""

    how: str = Field(min_length=3, max_length=200, examples=["Called back on the known number."])


class DataRequestRefusalIn(RequestModel):
    """On which ground it is refused. Write nothing here that names the person."""

    ground: str = Field(min_length=3, max_length=500, examples=["Art. 12(5): asked every week."])


class DataRequestOut(ResponseModel):
    """A request of a data subject."""

    id: UUID
    customer_id: UUID
    kind: DataRequestKind
    state: DataRequestState
    received_on: date
    due_on: date = Field(description="The last day for an answer.")
    confirmed_by: str | None
    confirmed_at: datetime | None
    closed_at: datetime | None
    file_expires_at: datetime | None
    created_by: str
    created_at: datetime


class DataRequestStepOut(ResponseModel):
    """Something that was done about a request."""

    at: datetime
    actor: str
    action: str
    details: dict[str, Any]


class DataExportLinkOut(ResponseModel):
    """A link to an export. It works without signing in, for minutes."""

    url: str
    expires_at: datetime
