"""HTTP shapes of reported usage."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from dotmac_billing.usage.reported import Outcome
from dotmac_core_ops.http import RequestModel, ResponseModel

MOST_EVENTS = 1_000

_EVENT: dict[str, Any] = {
    "type": "object",
    "title": "UsageEventIn",
    "required": ["event_id", "meter", "at"],
    "additionalProperties": False,
    "properties": {
        "event_id": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "description": "The reporter's own; a repeat changes nothing.",
            "examples": ["router-7-2026-11-20T09:30"],
        },
        "meter": {"type": "string", "description": "Its code.", "examples": ["traffic"]},
        "at": {
            "type": "string",
            "format": "date-time",
            "description": "When it was used, with the offset from UTC.",
            "examples": ["2026-11-20T09:30:00Z"],
        },
        "customer": {
            "anyOf": [{"type": "string"}, {"type": "null"}],
            "description": "Code or id of the payer, unless the subscription is named.",
            "examples": ["C-1042"],
        },
        "subscription": {
            "anyOf": [{"type": "string"}, {"type": "null"}],
            "description": "Number, external id or id.",
        },
        "value": {
            "anyOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}],
            "description": "Without one the property that the meter names.",
            "examples": [512.5],
        },
        "properties": {
            "type": "object",
            "additionalProperties": {
                "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]
            },
            "examples": [{"region": "eu"}],
        },
    },
}

ReportedEvent = Annotated[Any, WithJsonSchema(_EVENT)]
"""Looked at by hand, and answered for by itself."""


class UsageEventsIn(RequestModel):
    """Up to 1,000 events. Each is answered for; the good ones go in."""

    events: Annotated[list[ReportedEvent], Field(min_length=1, max_length=MOST_EVENTS)]


class EventOutcome(ResponseModel):
    """What became of an event; `code` and `message` say why it was refused."""

    event_id: str | None
    status: Outcome
    code: str | None = None
    message: str | None = None


class UsageEventsOut(ResponseModel):
    """How many of each outcome, of how many days had been billed (`late`), and every event's."""

    accepted: int
    duplicates: int
    refused: int
    late: int
    results: list[EventOutcome]
