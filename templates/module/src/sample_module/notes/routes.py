"""Notes over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires
from sample_module.notes.models import SampleNote
from sample_module.notes.repository import SampleNoteRepository
from sample_module.notes.schemas import SampleNoteChangeIn, SampleNoteIn, SampleNoteLine, SampleNoteOut
from sample_module.notes.service import SampleNoteService
from sample_module.notes.wanted import SORTS, WantedSampleNotes

# To ask for a tier of the platform: dependencies=[Depends(require_tier("professional"))]
router = APIRouter(prefix="/sample-label-notes", tags=["Notes"])

Reader = Annotated[Principal, Depends(requires("sample_label_notes:read"))]
Writer = Annotated[Principal, Depends(requires("sample_label_notes:write"))]
One = Envelope[SampleNoteOut]


@router.post("", response_model=One, status_code=201, summary="Write a note")
async def write_note(body: SampleNoteIn, tx: Tx, response: Response, _: Writer) -> dict[str, Any]:
    """Keep a note for colleagues to read."""
    return _answer(await SampleNoteService(tx).write(body.title, body.body), response)


@router.get("", response_model=Listing[SampleNoteLine], summary="List the notes")
async def list_notes(
    tx: Tx,
    _: Reader,
    page: Annotated[PageParams, Depends()],
    *,
    q: Annotated[str | None, Query(max_length=200, description="Words of the note.")] = None,
    sort: Annotated[
        str, Query(max_length=20, description="written_at or title; `-` for descending.")
    ] = "-written_at",
) -> dict[str, Any]:
    """Notes that are not archived with the beginning of each, latest first without `sort`."""
    field, descending = sort_order(sort, SORTS)
    wanted = WantedSampleNotes(q=q, sort=field, descending=descending)
    found, total = await SampleNoteRepository(tx).page(wanted, offset=page.offset, limit=page.per_page)
    return listing([SampleNoteLine.of(note) for note in found], page, total)


@router.get("/{note_id}", response_model=One, summary="Read a note")
async def read_note(note_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """One note in full, archived or not; the `ETag` is needed to change it."""
    return _answer(await SampleNoteRepository(tx).get(note_id), response)


@router.patch("/{note_id}", response_model=One, summary="Change a note")
async def change_note(
    note_id: UUID,
    body: SampleNoteChangeIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`."""
    note = await SampleNoteService(tx).change(
        note_id, body.changes(), check=partial(require_match, request)
    )
    return _answer(note, response)


@router.post("/{note_id}/archive", response_model=One, summary="Archive a note")
async def archive_note(note_id: UUID, tx: Tx, response: Response, _: Writer) -> dict[str, Any]:
    """Put a note away. It stays readable and leaves the list."""
    return _answer(await SampleNoteService(tx).archive(note_id), response)


def _answer(note: SampleNote, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(note.version)
    return enveloped(note)
