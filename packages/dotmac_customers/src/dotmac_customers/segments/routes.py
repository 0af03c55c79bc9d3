"""HTTP verbs of segments."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.filters.target import Target
from dotmac_customers.segments.repository import SegmentRepository
from dotmac_customers.segments.schemas import (
    MembersChangedOut,
    MembersIn,
    SegmentChangeIn,
    SegmentIn,
    SegmentOut,
    SegmentWithCountOut,
)
from dotmac_customers.segments.service import SegmentService

router = APIRouter(prefix="/customers/segments", tags=["Customer segments"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
Writer = Annotated[Principal, Depends(requires("customers:write"))]
Configurer = Annotated[Principal, Depends(requires("customers:configure"))]


@router.get("", response_model=Envelope[list[SegmentOut]], summary="List segments")
async def list_segments(tx: Tx, _: Reader) -> dict[str, Any]:
    """All segments by name."""
    return enveloped(await SegmentRepository(tx).all())


@router.post("", response_model=Envelope[SegmentOut], status_code=201, summary="Make a segment")
async def define_segment(body: SegmentIn, tx: Tx, _: Configurer) -> dict[str, Any]:
    """Make an empty list, or a segment of all who match a rule at any time."""
    return enveloped(await SegmentService.within(tx).define(**dict(body)))


@router.get("/{segment_id}", response_model=Envelope[SegmentWithCountOut], summary="Read a segment")
async def read_segment(segment_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """A segment, and how many belong to it; `GET /customers?segment_id=` shows them."""
    service = SegmentService.within(tx)
    segment = await service.by_id(segment_id)
    response.headers["etag"] = etag_of(segment.version)
    shown = SegmentOut.model_validate(segment).model_dump()
    return enveloped({**shown, "customers": await service.count(segment_id)})


@router.patch("/{segment_id}", response_model=Envelope[SegmentOut], summary="Change a segment")
async def change_segment(
    segment_id: UUID,
    body: SegmentChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Configurer,
) -> dict[str, Any]:
    """Change what is given. Needs `If-Match`."""
    segment = await SegmentService.within(tx).change(
        segment_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(segment.version)
    return enveloped(segment)


@router.delete("/{segment_id}", status_code=204, summary="Remove a segment")
async def remove_segment(segment_id: UUID, tx: Tx, _: Configurer) -> None:
    """Forget a segment; its customers stay."""
    await SegmentService.within(tx).remove(segment_id)


@router.post(
    "/{segment_id}/members",
    response_model=Envelope[MembersChangedOut],
    summary="Put customers on a list",
)
async def put_members(segment_id: UUID, body: MembersIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Put up to 10,000 customers on a list; who is on it already stays."""
    target = Target(tuple(body.customer_ids))
    return enveloped({"changed": await SegmentService.within(tx).put(segment_id, target)})


@router.post(
    "/{segment_id}/members/remove",
    response_model=Envelope[MembersChangedOut],
    summary="Take customers off a list",
)
async def take_members(segment_id: UUID, body: MembersIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Take up to 10,000 customers off a list."""
    taken = await SegmentService.within(tx).take(segment_id, body.customer_ids)
    return enveloped({"changed": taken})
