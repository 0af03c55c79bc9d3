"""What this feature announces."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class SampleNoteWritten(Event):
    """Somebody wrote a note."""

    name: ClassVar[str] = "sample_label.note_written"

    note_id: UUID
    title: str


class SampleNoteChanged(Event):
    """A note says something else; `changed` are the fields."""

    name: ClassVar[str] = "sample_label.note_changed"

    note_id: UUID
    changed: list[str]


class SampleNoteArchived(Event):
    """A note was put away."""

    name: ClassVar[str] = "sample_label.note_archived"

    note_id: UUID
