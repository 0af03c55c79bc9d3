"""HTTP shapes of service areas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.addresses.kinds import Coordinates
from dotmac_customers.addresses.schemas import Degrees, Latitude, Longitude
from dotmac_customers.service_areas.service import Place, Served

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Old town"])]
Description = Annotated[str, Field(max_length=1000)]
Offers = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(max_length=200, examples=[["FIBER-100", "FIBER-1000"]], description="Codes of yours."),
]
_SQUARE = [[18.0, 59.3], [18.1, 59.3], [18.1, 59.4], [18.0, 59.4], [18.0, 59.3]]
GeoJson = Annotated[
    dict[str, Any],
    Field(
        description="A Polygon, a MultiPolygon, or features of these (RFC 7946), up to 50,000 "
        "corners. Holes count as outside.",
        examples=[{"type": "Polygon", "coordinates": [_SQUARE]}],
    ),
]


class ServiceAreaIn(RequestModel):
    """A part of the map, and what is offered there."""

    name: Name
    description: Description = ""
    offers: Offers = []
    is_active: bool = True
    geometry: GeoJson


class ServiceAreaChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    name: Name = ""
    description: Description = ""
    offers: Offers = []
    is_active: bool = True
    geometry: GeoJson = {}

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ServiceAreaSummaryOut(ResponseModel):
    """A service area as lists show one, with the box around it in decimal degrees."""

    id: UUID
    name: str
    description: str
    offers: list[str]
    is_active: bool
    west: Degrees
    south: Degrees
    east: Degrees
    north: Degrees
    version: int
    created_at: datetime
    updated_at: datetime


class ServiceAreaOut(ServiceAreaSummaryOut):
    """A service area with its shape."""

    geometry: dict[str, Any]


class PlaceIn(RequestModel):
    """A point, or an address of a customer that has coordinates."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    address_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> PlaceIn:
        is_point = self.latitude is not None and self.longitude is not None
        if is_point is (self.address_id is not None):
            raise ValueError("Give latitude and longitude, or an address_id.")
        return self

    def place(self) -> Place:
        """The same for the service."""
        if self.latitude is not None and self.longitude is not None:
            return Coordinates(self.latitude, self.longitude)
        assert self.address_id is not None  # see above
        return self.address_id


class PlacesIn(RequestModel):
    """Places to be checked at once."""

    places: list[PlaceIn] = Field(
        min_length=1,
        max_length=1000,
        examples=[[{"latitude": 59.334591, "longitude": 18.06324}]],
    )


class AreaFoundOut(ResponseModel):
    """A service area that a place lies in."""

    id: UUID
    name: str
    offers: list[str]


class ServedOut(ResponseModel):
    """What is offered at a place."""

    latitude: Degrees
    longitude: Degrees
    is_served: bool
    offers: list[str]
    areas: list[AreaFoundOut]

    @classmethod
    def of(cls, served: Served) -> ServedOut:
        """The same as it is shown."""
        return cls(
            latitude=served.coordinates.latitude,
            longitude=served.coordinates.longitude,
            is_served=bool(served.areas),
            offers=served.offers,
            areas=[AreaFoundOut.model_validate(area) for area in served.areas],
        )
