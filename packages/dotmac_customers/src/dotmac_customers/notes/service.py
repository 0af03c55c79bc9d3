"""What can be done with notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Channel, EventPublisher, NewMessage, send_messages
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.notes.errors import NoteEmptyError, NoteNotFoundError, NoteNotYoursError
from dotmac_customers.notes.events import NoteChanged, NoteWritten
from dotmac_customers.notes.models import Note, NoteEdit
from dotmac_customers.notes.repository import NoteRepository
from dotmac_customers.notes.rich_text import plain_text, safe_html
from dotmac_customers.privacy.viewer import Viewer
from dotmac_customers.profiles.search_terms import folded
from dotmac_customers.profiles.service import CustomerService
from dotmac_identity import UserService


class NoteService:
    """Notes about one customer of the session's tenant, as `viewer` sees them."""

    def __init__(self, session: AsyncSession, customer_id: UUID, viewer: Viewer) -> None:
        self._session = session
        self._customer_id = customer_id
        self._viewer = viewer
        self._notes = NoteRepository(session)

    async def write(
        self, html: str, *, is_pinned: bool, is_private: bool, mentions: Sequence[UUID]
    ) -> Note:
        """Write a note, and tell those whom it mentions.

        Raises:
            CustomerNotFoundError, CustomerMergedError, CustomerErasedError: there is none to note
                anything about.
            NoteEmptyError: it says nothing.
            UserNotFoundError: somebody who is mentioned is not there.
        """
        await CustomerService.within(self._session).present(self._customer_id)
        now = clock_of(self._session).now()
        safe, said = _checked(html)
        note = Note(
            id=new_id(),
            customer_id=self._customer_id,
            html=safe,
            search_text=said,
            is_pinned=is_pinned,
            is_private=is_private,
            mentions=list(dict.fromkeys(mentions)),
            author=self._viewer.subject,
            version=1,
            created_at=now,
            updated_at=now,
        )
        await self._tell(note, note.mentions)
        self._notes.add(note)
        written = NoteWritten(note_id=note.id, customer_id=note.customer_id)
        await EventPublisher(self._session).publish(written)
        await self._record("write", note)
        return note

    async def change(
        self, note_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> Note:
        """Change a note; what it said before is kept. Anybody who writes notes may pin one.

        Raises:
            NoteNotFoundError: there is none that the viewer may see.
            NoteNotYoursError: more than the pin would change, and somebody else wrote it.
            NoteEmptyError, UserNotFoundError: as for `write`.
        """
        note = await self.by_id(note_id, for_update=True)
        check(note.version)
        if changes.keys() - {"is_pinned"} and note.author != self._viewer.subject:
            raise NoteNotYoursError
        now = clock_of(self._session).now()
        if "html" in changes:
            safe, said = _checked(changes["html"])
            former = NoteEdit(
                id=new_id(),
                note_id=note.id,
                html=note.html,
                edited_by=self._viewer.subject,
                edited_at=now,
            )
            self._notes.add(former)
            note.html, note.search_text = safe, said
            changed = NoteChanged(note_id=note.id, customer_id=note.customer_id)
            await EventPublisher(self._session).publish(changed)
        if "mentions" in changes:
            fresh = [user for user in changes["mentions"] if user not in note.mentions]
            note.mentions = list(dict.fromkeys(changes["mentions"]))
            await self._tell(note, fresh)
        for flag in ("is_pinned", "is_private"):
            setattr(note, flag, changes.get(flag, getattr(note, flag)))
        note.version += 1
        note.updated_at = now
        await self._record("change", note, changed=sorted(changes))
        return note

    async def remove(self, note_id: UUID) -> None:
        """Remove a note with its history.

        Raises:
            NoteNotFoundError: there is none that the viewer may see.
            NoteNotYoursError: somebody else wrote it.
        """
        note = await self.by_id(note_id, for_update=True)
        if note.author != self._viewer.subject and not self._viewer.sees_private:
            raise NoteNotYoursError
        await self._record("remove", note)
        await self._notes.remove([note.id])

    async def by_id(self, note_id: UUID, *, for_update: bool = False) -> Note:
        """The note.

        Raises:
            NoteNotFoundError: there is none that the viewer may see.
        """
        note = await self._notes.by_id(self._customer_id, note_id, for_update=for_update)
        if note is None or not self._viewer.may_see(
            is_private=note.is_private, made_by=note.author
        ):
            raise NoteNotFoundError(note_id)
        return note

    async def _tell(self, note: Note, mentioned: Sequence[UUID]) -> None:
        customer = await CustomerService.within(self._session).by_id(self._customer_id)
        users = UserService.within(self._session)
        # What it says is not repeated: who may read it follows the link and does.
        messages = [
            NewMessage(
                channel=Channel.IN_APP,
                recipient=str((await users.by_id(user_id)).id),
                subject="You were mentioned in a note",
                text=f"A note about customer {customer.number} mentions you.",
                topic="mentions",
                about=("note", note.id),
            )
            for user_id in mentioned
        ]
        await send_messages(self._session, messages)

    async def _record(self, action: str, note: Note, **after: object) -> None:
        await record(
            self._session,
            action=f"customers.note_{action}",
            target=("note", note.id),
            after={"customer_id": note.customer_id, "is_private": note.is_private, **after},
        )


def _checked(html: str) -> tuple[str, str]:
    safe = safe_html(html)
    said = plain_text(safe)
    if not said:
        raise NoteEmptyError
    return safe, folded(said)
