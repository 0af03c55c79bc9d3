"""Every query on notes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from sample_module.notes.errors import NoteNotFoundError
from sample_module.notes.models import Note


class NoteRepository:
    """Notes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, note: Note) -> None:
        """Keep a new note."""
        self._session.add(note)

    async def get(self, note_id: UUID) -> Note:
        """The note of that id.

        Raises:
            NoteNotFoundError: there is none.
        """
        found = await self._session.scalar(sa.select(Note).where(Note.id == note_id))
        if found is None:
            raise NoteNotFoundError(note_id)
        return found

    async def page(self, *, offset: int, limit: int) -> Sequence[Note]:
        """Some of the notes that are not archived, latest first."""
        latest = sa.select(Note).where(Note.archived_at.is_(None))
        latest = latest.order_by(Note.written_at.desc(), Note.id.desc())
        return (await self._session.scalars(latest.offset(offset).limit(limit))).all()

    async def count(self) -> int:
        """How many notes are not archived."""
        query = sa.select(sa.func.count()).select_from(Note).where(Note.archived_at.is_(None))
        return await self._session.scalar(query) or 0
