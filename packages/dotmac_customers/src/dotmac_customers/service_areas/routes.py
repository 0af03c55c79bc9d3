"""HTTP verbs of service areas."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

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
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.service_areas.repository import ServiceAreaRepository
from dotmac_customers.service_areas.schemas import (
    PlacesIn,
    ServedOut,
    ServiceAreaChangeIn,
    ServiceAreaIn,
    ServiceAreaOut,
    ServiceAreaSummaryOut,
)
from dotmac_customers.service_areas.service import ServiceAreaService

router = APIRouter(prefix="/service-areas", tags=["Service areas"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
Configurer = Annotated[Principal, Depends(requires("customers:configure"))]
One = Envelope[ServiceAreaOut]


@router.get("", response_model=Listing[ServiceAreaSummaryOut], summary="List service areas")
async def list_service_areas(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """Service areas by name, without their shapes."""
    areas, total = await ServiceAreaRepository(tx).page(offset=page.offset, limit=page.per_page)
    return listing(areas, page, total)


@router.post("", response_model=One, status_code=201, summary="Draw a service area")
async def define_service_area(
    body: ServiceAreaIn, tx: Tx, response: Response, _: Configurer
) -> dict[str, Any]:
    """Draw a part of the map, and say what is offered there."""
    area = await ServiceAreaService(tx).define(**dict(body))
    response.headers["etag"] = etag_of(area.version)
    return enveloped(area)


@router.post(
    "/check", response_model=Envelope[list[ServedOut]], summary="Check what is offered where"
)
async def check_places(body: PlacesIn, tx: Tx, _: Reader) -> dict[str, Any]:
    """What is offered at each of up to a thousand places, in their order.

    The edge of an area belongs to it; a hole does not.
    """
    served = await ServiceAreaService(tx).check([place.place() for place in body.places])
    return enveloped([ServedOut.of(each) for each in served])


@router.get("/{area_id}", response_model=One, summary="Read a service area")
async def read_service_area(area_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """A service area with its shape; the `ETag` is needed to change it."""
    area = await ServiceAreaService(tx).by_id(area_id)
    response.headers["etag"] = etag_of(area.version)
    return enveloped(area)


@router.patch("/{area_id}", response_model=One, summary="Change a service area")
async def change_service_area(
    area_id: UUID,
    body: ServiceAreaChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Configurer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`."""
    area = await ServiceAreaService(tx).change(
        area_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(area.version)
    return enveloped(area)


@router.delete("/{area_id}", status_code=204, summary="Remove a service area")
async def remove_service_area(area_id: UUID, tx: Tx, _: Configurer) -> Response:
    """Forget a service area."""
    await ServiceAreaService(tx).remove(area_id)
    return Response(status_code=204)
