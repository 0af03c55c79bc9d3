"""What can be done with notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from sample_module.notes.events import SampleNoteArchived, SampleNoteChanged, SampleNoteWritten
from sample_module.notes.models import SampleNote
from sample_module.notes.repository import SampleNoteRepository


class SampleNoteService:
    """Write, change and archive, in the caller's transaction: all of it happens, or nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._notes = SampleNoteRepository(session)

    async def write(self, title: str, body: str) -> SampleNote:
        """Keep a new note and announce it."""
        now = clock_of(self._session).now()
        note = SampleNote(id=new_id(), title=title, body=body, version=1, written_at=now)
        self._notes.add(note)
        await EventPublisher(self._session).publish(SampleNoteWritten(note_id=note.id, title=title))
        await self._record("write", note, after={"title": title})
        return note

    async def change(
        self, note_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> SampleNote:
        """Change what is given and announce it; `check` refuses a version that is not the latest.

        Raises:
            SampleNoteNotFoundError: there is none.
        """
        note = await self._notes.get(note_id, for_update=True)
        check(note.version)
        changed = sorted(field for field in changes if changes[field] != getattr(note, field))
        if not changed:
            return note
        before = {"title": note.title}
        for field in changed:
            setattr(note, field, changes[field])
        note.version += 1
        await EventPublisher(self._session).publish(SampleNoteChanged(note_id=note.id, changed=changed))
        await self._record("change", note, before=before, after={"title": note.title})
        return note

    async def archive(self, note_id: UUID) -> SampleNote:
        """Put a note away and announce it.

        Raises:
            SampleNoteNotFoundError: there is none.
            SampleNoteAlreadyArchivedError: it was put away before.
        """
        note = await self._notes.get(note_id, for_update=True)
        note.archive(clock_of(self._session).now())
        await EventPublisher(self._session).publish(SampleNoteArchived(note_id=note.id))
        await self._record("archive", note)
        return note

    async def _record(
        self,
        action: str,
        note: SampleNote,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"sample_label.note_{action}",
            target=("note", note.id),
            before=before,
            after=after,
        )
