"""Refusals about announced events."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class EventNotFoundError(NotFoundError):
    """The tenant has announced no such event, or it was removed with age."""

    code = "EVENT_NOT_FOUND"

    def __init__(self, event_id: UUID) -> None:
        super().__init__("There is no such event.", event=str(event_id))


class EventNotDeadError(ConflictError):
    """Only an event whose delivery was given up can be replayed or dropped."""

    code = "EVENT_NOT_DEAD"

    def __init__(self, event_ids: list[UUID]) -> None:
        super().__init__(
            "Only dead events can be replayed or dropped.", events=[str(e) for e in event_ids]
        )
