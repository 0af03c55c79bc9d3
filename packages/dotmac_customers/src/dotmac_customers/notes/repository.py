"""Every query about notes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_customers.notes.models import Note, NoteEdit
from dotmac_customers.privacy.viewer import Viewer


class NoteRepository:
    """Notes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Note | NoteEdit) -> None:
        """Write it with the transaction."""
        self._session.add(row)

    async def by_id(
        self, customer_id: UUID, note_id: UUID, *, for_update: bool = False
    ) -> Note | None:
        """The note, if it is about the customer."""
        query = sa.select(Note).where(Note.id == note_id, Note.customer_id == customer_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def page(
        self, customer_id: UUID, viewer: Viewer, sought: str, *, offset: int, limit: int
    ) -> tuple[Sequence[Note], int]:
        """Notes that the viewer may see and that hold the folded text `sought`.

        Pinned ones first, then the newest; and how many there are in all.
        """
        conditions = [Note.customer_id == customer_id]
        if not viewer.sees_private:
            conditions.append(sa.or_(~Note.is_private, Note.author == viewer.subject))
        if sought:
            conditions.append(Note.search_text.contains(sought, autoescape=True))
        count = sa.select(sa.func.count()).select_from(Note).where(*conditions)
        query = sa.select(Note).where(*conditions).order_by(Note.is_pinned.desc(), Note.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        return rows, await self._session.scalar(count) or 0

    async def edits_of(self, note_id: UUID) -> Sequence[NoteEdit]:
        """What the note said before, the latest first."""
        query = sa.select(NoteEdit).where(NoteEdit.note_id == note_id)
        return (await self._session.scalars(query.order_by(NoteEdit.id.desc()))).all()

    async def of_customer(self, customer_id: UUID) -> Sequence[Note]:
        """All notes about a customer, oldest first."""
        query = sa.select(Note).where(Note.customer_id == customer_id).order_by(Note.id)
        return (await self._session.scalars(query)).all()

    async def remove(self, note_ids: Sequence[UUID]) -> None:
        """Forget notes with their history."""
        await self._session.execute(sa.delete(NoteEdit).where(NoteEdit.note_id.in_(note_ids)))
        await self._session.execute(sa.delete(Note).where(Note.id.in_(note_ids)))
