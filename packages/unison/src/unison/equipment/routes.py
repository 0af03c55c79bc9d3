"""HTTP verbs of equipment."""

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
from unison.equipment.entry import SORTS, WantedEquipment
from unison.equipment.repository import EquipmentRepository
from unison.equipment.schemas import EquipmentChangeIn, EquipmentIn, EquipmentOut
from unison.equipment.service import EquipmentService
from unison.tier import HasTier

router = APIRouter(prefix="/equipment", tags=["Equipment"], dependencies=[HasTier])

Reader = Annotated[Principal, Depends(requires("equipment:read"))]
Writer = Annotated[Principal, Depends(requires("equipment:write"))]
One = Envelope[EquipmentOut]


@router.get("", response_model=Listing[EquipmentOut], summary="List equipment")
async def list_equipment(
    tx: Tx,
    _: Reader,
    page: Annotated[PageParams, Depends()],
    *,
    q: Annotated[
        str | None, Query(max_length=200, description="Words of code, name or location.")
    ] = None,
    is_active: Annotated[bool | None, Query()] = None,
    sort: Annotated[
        str, Query(max_length=20, description="code, name, location or created_at.")
    ] = "code",
) -> dict[str, Any]:
    """Machines and installations, by code unless something else is wanted."""
    field, descending = sort_order(sort, SORTS)
    wanted = WantedEquipment(q=q, is_active=is_active, sort=field, descending=descending)
    rows, total = await EquipmentRepository(tx).page(
        wanted, offset=page.offset, limit=page.per_page
    )
    return listing(rows, page, total)


@router.post("", response_model=One, status_code=201, summary="Add equipment")
async def add_equipment(body: EquipmentIn, tx: Tx, response: Response, _: Writer) -> dict[str, Any]:
    """Enter a machine or an installation."""
    (piece,) = await EquipmentService(tx).add([body.equipment()])
    response.headers["etag"] = etag_of(piece.version)
    return enveloped(piece)


@router.get("/{equipment_id}", response_model=One, summary="Read equipment")
async def read_equipment(
    equipment_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One machine or installation; the `ETag` is needed to change it."""
    piece = await EquipmentService(tx).by_id(equipment_id)
    response.headers["etag"] = etag_of(piece.version)
    return enveloped(piece)


@router.patch("/{equipment_id}", response_model=One, summary="Change equipment")
async def change_equipment(
    equipment_id: UUID,
    body: EquipmentChangeIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`. Out of service, nothing is due on it."""
    piece = await EquipmentService(tx).change(
        equipment_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(piece.version)
    return enveloped(piece)


@router.delete("/{equipment_id}", status_code=204, summary="Remove equipment")
async def remove_equipment(equipment_id: UUID, tx: Tx, _: Writer) -> Response:
    """Delete a machine or an installation for which no maintenance is planned."""
    await EquipmentService(tx).remove(equipment_id)
    return Response(status_code=204)
