"""The shapes of notes over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from sample_module.notes.excerpt import excerpt
from sample_module.notes.models import Note

EXCERPT_LENGTH = 80


class NoteIn(RequestModel):
    """A note to be written."""

    title: str = Field(min_length=1, max_length=200, examples=["Pump 3"])
    body: str = Field(max_length=10_000, examples=["Leaks at the flange since Monday."])


class NoteOut(ResponseModel):
    """A note in full."""

    id: UUID
    title: str
    body: str
    written_at: datetime
    archived_at: datetime | None


class NoteLine(ResponseModel):
    """A note in a list."""

    id: UUID
    title: str
    excerpt: str
    written_at: datetime

    @classmethod
    def of(cls, note: Note) -> NoteLine:
        """The line for `note`."""
        return cls(
            id=note.id,
            title=note.title,
            excerpt=excerpt(note.body, EXCERPT_LENGTH),
            written_at=note.written_at,
        )
