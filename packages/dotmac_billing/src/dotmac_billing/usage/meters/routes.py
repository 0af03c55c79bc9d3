"""`/meters`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.usage.meters.repository import SORTS, MeterRepository
from dotmac_billing.usage.meters.schemas import MeterChange, MeterIn, MeterOut
from dotmac_billing.usage.meters.service import MeterService
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

router = APIRouter(prefix="/meters", tags=["Usage"])

Reader = Annotated[Principal, Depends(requires("usage:read"))]
Writer = Annotated[Principal, Depends(requires("usage:write"))]


@router.post("", status_code=201, summary="Define a meter", response_model=Envelope[MeterOut])
async def define_meter(body: MeterIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Count events of one kind from now on, for price components to charge."""
    return enveloped(await MeterService(tx).define(body.meter()))


@router.get("", summary="List meters", response_model=Listing[MeterOut])
async def list_meters(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    archived: Annotated[bool | None, Query()] = None,
    sort: Annotated[str, Query(description="code, name or created_at; - for descending.")] = "code",
) -> dict[str, Any]:
    """The tenant's meters."""
    field, descending = sort_order(sort, tuple(SORTS))
    rows, total = await MeterRepository(tx).page(
        archived=archived,
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@router.get("/{meter_id}", summary="Read a meter", response_model=Envelope[MeterOut])
async def read_meter(meter_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """One meter."""
    meter = await MeterService(tx).get(meter_id)
    response.headers["etag"] = etag_of(meter.version)
    return enveloped(meter)


@router.patch("/{meter_id}", summary="Change a meter", response_model=Envelope[MeterOut])
async def change_meter(
    meter_id: UUID, body: MeterChange, tx: Tx, request: Request, response: Response, _: Writer
) -> dict[str, Any]:
    """Rename it, change what becomes of late events and how old events may be, or archive it."""
    service = MeterService(tx)
    meter = await service.get(meter_id, locked=True)
    require_match(request, meter.version)
    changed = await service.change(meter, **body.model_dump())
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(changed)
