"""Facts about notes; none says what is in one."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _OfNote(Event):
    note_id: UUID
    customer_id: UUID


class NoteWritten(_OfNote):
    """Somebody wrote a note about the customer."""

    name: ClassVar[str] = "customers.note_written"


class NoteChanged(_OfNote):
    """What a note says was changed."""

    name: ClassVar[str] = "customers.note_changed"
