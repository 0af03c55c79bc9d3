from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant
from sample_module.notes.errors import NoteAlreadyArchivedError, NoteNotFoundError
from sample_module.notes.repository import NoteRepository
from sample_module.notes.service import NoteService


async def test_the_latest_note_is_listed_first(session: AsyncSession, clock: FrozenClock) -> None:
    notes = NoteService.within(session)
    await notes.write("Monday", "The pump leaks.")
    clock.advance(days=1)
    await notes.write("Tuesday", "The pump is mended.")

    listed = await NoteRepository(session).page(offset=0, limit=10)

    assert [note.title for note in listed] == ["Tuesday", "Monday"]


async def test_an_archived_note_leaves_the_list_and_stays_readable(session: AsyncSession) -> None:
    notes = NoteService.within(session)
    note = await notes.write("Monday", "The pump leaks.")

    await notes.archive(note.id)

    assert await NoteRepository(session).count() == 0
    assert (await NoteRepository(session).get(note.id)).body == "The pump leaks."


async def test_a_note_is_archived_only_once(session: AsyncSession) -> None:
    notes = NoteService.within(session)
    note = await notes.write("Monday", "The pump leaks.")
    await notes.archive(note.id)

    with pytest.raises(NoteAlreadyArchivedError):
        await notes.archive(note.id)


async def test_a_note_that_does_not_exist_is_refused(session: AsyncSession) -> None:
    with pytest.raises(NoteNotFoundError):
        await NoteService.within(session).archive(new_id())


async def test_another_tenant_sees_no_note(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        note = await NoteService.within(session).write("Monday", "The pump leaks.")

    async with database.transaction(second_tenant.id) as session:
        assert await NoteRepository(session).count() == 0
        with pytest.raises(NoteNotFoundError):
            await NoteRepository(session).get(note.id)
