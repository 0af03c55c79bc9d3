"""Facts about requests of data subjects; none names the person."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _OfRequest(Event):
    request_id: UUID
    customer_id: UUID
    kind: str


class DataRequestReceived(_OfRequest):
    """Somebody asked for their data, or to be forgotten."""

    name: ClassVar[str] = "customers.data_request_received"

    due_on: date


class DataRequestDue(_OfRequest):
    """The request must be answered within `days` days."""

    name: ClassVar[str] = "customers.data_request_due"

    due_on: date
    days: int


class DataRequestOverdue(_OfRequest):
    """The last day for an answer has passed."""

    name: ClassVar[str] = "customers.data_request_overdue"

    due_on: date


class DataRequestAnswered(_OfRequest):
    """The request was fulfilled."""

    name: ClassVar[str] = "customers.data_request_answered"


class DataRequestRefused(_OfRequest):
    """The request was refused, and the person told why."""

    name: ClassVar[str] = "customers.data_request_refused"
