"""The shapes of notes over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from sample_module.notes.excerpt import excerpt
from sample_module.notes.models import SampleNote

EXCERPT_LENGTH = 80


Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Pump 3"])]
Body = Annotated[str, Field(max_length=10_000, examples=["Leaks at the flange since Monday."])]


class SampleNoteIn(RequestModel):
    """A note to be written."""

    title: Title
    body: Body


class SampleNoteChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    title: Title = "-"
    body: Body = ""

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SampleNoteOut(ResponseModel):
    """A note in full."""

    id: UUID
    title: str
    body: str
    version: int
    written_at: datetime
    archived_at: datetime | None


class SampleNoteLine(ResponseModel):
    """A note in a list."""

    id: UUID
    title: str
    excerpt: str
    written_at: datetime

    @classmethod
    def of(cls, note: SampleNote) -> SampleNoteLine:
        """The line for `note`."""
        return cls(
            id=note.id,
            title=note.title,
            excerpt=excerpt(note.body, EXCERPT_LENGTH),
            written_at=note.written_at,
        )
