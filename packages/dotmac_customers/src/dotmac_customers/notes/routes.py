"""HTTP verbs of notes."""

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
)
from dotmac_core_ops.principal import Principal
from dotmac_customers.notes.repository import NoteRepository
from dotmac_customers.notes.schemas import NoteChangeIn, NoteEditOut, NoteIn, NoteOut
from dotmac_customers.notes.service import NoteService
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.privacy.viewer import Viewer
from dotmac_customers.profiles.search_terms import folded
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.scoping.service import holds_for

router = APIRouter(prefix="/customers/{customer_id}/notes", tags=["Customer notes"])

Reader = Annotated[Principal, Depends(CustomerRequirement("notes:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("notes:write"))]


async def _viewer(tx: Tx, customer_id: UUID, principal: Principal) -> Viewer:
    sees_private = await holds_for(tx, principal, "notes:private", customer_id)
    return Viewer(principal.subject, sees_private)


async def _service(tx: Tx, customer_id: UUID, principal: Principal) -> NoteService:
    return NoteService(tx, customer_id, await _viewer(tx, customer_id, principal))


@router.get("", response_model=Listing[NoteOut], summary="List notes")
async def list_customer_notes(
    customer_id: UUID,
    tx: Tx,
    principal: Reader,
    page: Annotated[PageParams, Depends()],
    q: Annotated[str, Query(max_length=200, description="Only those that say this.")] = "",
) -> dict[str, Any]:
    """Notes about a customer, pinned ones first; private ones of others need `notes:private`."""
    await CustomerService.within(tx).by_id(customer_id)
    viewer = await _viewer(tx, customer_id, principal)
    rows, total = await NoteRepository(tx).page(
        customer_id, viewer, folded(q.strip()), offset=page.offset, limit=page.per_page
    )
    return listing(rows, page, total)


@router.post("", response_model=Envelope[NoteOut], status_code=201, summary="Write a note")
async def write_customer_note(
    customer_id: UUID, body: NoteIn, tx: Tx, principal: Writer
) -> dict[str, Any]:
    """Write something about a customer for the staff. Who is mentioned is told in the app."""
    return enveloped(await (await _service(tx, customer_id, principal)).write(**dict(body)))


@router.get("/{note_id}", response_model=Envelope[NoteOut], summary="Read a note")
async def read_customer_note(
    customer_id: UUID, note_id: UUID, tx: Tx, response: Response, principal: Reader
) -> dict[str, Any]:
    """A note; the `ETag` is needed to change it."""
    note = await (await _service(tx, customer_id, principal)).by_id(note_id)
    response.headers["etag"] = etag_of(note.version)
    return enveloped(note)


@router.patch("/{note_id}", response_model=Envelope[NoteOut], summary="Change a note")
async def change_customer_note(
    customer_id: UUID,
    note_id: UUID,
    body: NoteChangeIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    principal: Writer,
) -> dict[str, Any]:
    """Change your own note, or pin anybody's. Needs `If-Match`; what it said is kept."""
    note = await (await _service(tx, customer_id, principal)).change(
        note_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(note.version)
    return enveloped(note)


@router.delete("/{note_id}", status_code=204, summary="Remove a note")
async def remove_customer_note(customer_id: UUID, note_id: UUID, tx: Tx, principal: Writer) -> None:
    """Remove your own note with its history; with `notes:private` anybody's."""
    await (await _service(tx, customer_id, principal)).remove(note_id)


@router.get(
    "/{note_id}/edits", response_model=Envelope[list[NoteEditOut]], summary="List a note's edits"
)
async def list_note_edits(
    customer_id: UUID, note_id: UUID, tx: Tx, principal: Reader
) -> dict[str, Any]:
    """What a note said before each change, the latest first."""
    note = await (await _service(tx, customer_id, principal)).by_id(note_id)
    return enveloped(await NoteRepository(tx).edits_of(note.id))
