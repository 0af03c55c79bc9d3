"""Notes over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import requires
from sample_module.notes.repository import NoteRepository
from sample_module.notes.schemas import NoteIn, NoteLine, NoteOut
from sample_module.notes.service import NoteService

router = APIRouter(prefix="/notes", tags=["Notes"])

MayRead = Depends(requires("notes:read"))
MayWrite = Depends(requires("notes:write"))


@router.post(
    "",
    status_code=201,
    summary="Write a note",
    response_model=Envelope[NoteOut],
    dependencies=[MayWrite],
)
async def write_note(body: NoteIn, session: Tx) -> dict[str, Any]:
    """Keep a note for colleagues to read."""
    return enveloped(await NoteService.within(session).write(body.title, body.body))


@router.get(
    "",
    summary="List the notes",
    response_model=Listing[NoteLine],
    dependencies=[MayRead],
)
async def list_notes(session: Tx, page: Annotated[PageParams, Depends()]) -> dict[str, Any]:
    """Notes that are not archived, latest first, with the beginning of each."""
    notes = NoteRepository(session)
    found = await notes.page(offset=page.offset, limit=page.per_page)
    return listing([NoteLine.of(note) for note in found], page, await notes.count())


@router.get(
    "/{note_id}",
    summary="Read a note",
    response_model=Envelope[NoteOut],
    dependencies=[MayRead],
)
async def read_note(note_id: UUID, session: Tx) -> dict[str, Any]:
    """One note in full, archived or not."""
    return enveloped(await NoteRepository(session).get(note_id))


@router.post(
    "/{note_id}/archive",
    summary="Archive a note",
    response_model=Envelope[NoteOut],
    dependencies=[MayWrite],
)
async def archive_note(note_id: UUID, session: Tx) -> dict[str, Any]:
    """Put a note away. It stays readable and leaves the list."""
    return enveloped(await NoteService.within(session).archive(note_id))
