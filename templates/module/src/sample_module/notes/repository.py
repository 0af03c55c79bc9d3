"""Every query on notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from sample_module.notes.errors import SampleNoteNotFoundError
from sample_module.notes.models import SampleNote
from sample_module.notes.wanted import WantedSampleNotes

_SORTED_BY: dict[str, sa.SQLColumnExpression[Any]] = {
    "written_at": SampleNote.written_at,
    "title": SampleNote.title,
}


class SampleNoteRepository:
    """Notes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, note: SampleNote) -> None:
        """Keep a new note."""
        self._session.add(note)

    async def get(self, note_id: UUID, *, for_update: bool = False) -> SampleNote:
        """The note of that id, locked until the transaction ends if it is to be changed.

        Raises:
            SampleNoteNotFoundError: there is none.
        """
        query = sa.select(SampleNote).where(SampleNote.id == note_id)
        found = await self._session.scalar(query.with_for_update() if for_update else query)
        if found is None:
            raise SampleNoteNotFoundError(note_id)
        return found

    async def page(
        self, wanted: WantedSampleNotes, *, offset: int, limit: int
    ) -> tuple[Sequence[SampleNote], int]:
        """Some of the notes that are wanted and not archived, and how many there are in all."""
        conditions = [SampleNote.archived_at.is_(None), *map(_contains, (wanted.q or "").split())]
        column = _SORTED_BY[wanted.sort]
        order = column.desc() if wanted.descending else column.asc()
        query = sa.select(SampleNote).where(*conditions).order_by(order, SampleNote.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        count = sa.select(sa.func.count()).select_from(SampleNote).where(*conditions)
        return rows, await self._session.scalar(count) or 0


def _contains(word: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(text.icontains(word, autoescape=True) for text in (SampleNote.title, SampleNote.body)))
