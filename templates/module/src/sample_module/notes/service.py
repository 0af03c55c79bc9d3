"""What can be done with notes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import clock_of, new_id
from sample_module.notes.events import NoteArchived, NoteWritten
from sample_module.notes.models import Note
from sample_module.notes.repository import NoteRepository


class NoteService:
    """Write and archive, within the caller's transaction: all of it happens, or nothing."""

    def __init__(self, notes: NoteRepository, events: EventPublisher, clock: Clock) -> None:
        self._notes = notes
        self._events = events
        self._clock = clock

    @classmethod
    def within(cls, session: AsyncSession) -> NoteService:
        """The service in the unit of work of `session`."""
        return cls(NoteRepository(session), EventPublisher(session), clock_of(session))

    async def write(self, title: str, body: str) -> Note:
        """Keep a new note and announce it."""
        note = Note(id=new_id(), title=title, body=body, written_at=self._clock.now())
        self._notes.add(note)
        await self._events.publish(NoteWritten(note_id=note.id, title=title))
        return note

    async def archive(self, note_id: UUID) -> Note:
        """Put a note away and announce it.

        Raises:
            NoteNotFoundError: there is none.
            NoteAlreadyArchivedError: it was put away before.
        """
        note = await self._notes.get(note_id)
        note.archive(self._clock.now())
        await self._events.publish(NoteArchived(note_id=note.id))
        return note
