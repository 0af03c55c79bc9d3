"""HTTP shapes of addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, PlainSerializer, WithJsonSchema

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.addresses.kinds import AddressKind, Coordinates, NewAddress
from dotmac_customers.addresses.postal_rules import AddressForm, lines_of
from dotmac_customers.profiles.models import Address
from dotmac_customers.profiles.profile import PostalAddress
from dotmac_customers.profiles.rows import FIELDS_OF_ADDRESS

Line = Annotated[str, Field(max_length=200)]
Degrees = Annotated[
    Decimal,
    PlainSerializer(float, when_used="json"),
    WithJsonSchema({"type": "number", "examples": [18.06324]}),
]
"""Decimal degrees: a number in JSON, exact, as six decimals always are."""

Latitude = Annotated[
    Decimal, Field(ge=-90, le=90, max_digits=9, decimal_places=6, examples=[59.334591])
]
Longitude = Annotated[
    Decimal, Field(ge=-180, le=180, max_digits=9, decimal_places=6, examples=[18.06324])
]


class CoordinatesIn(RequestModel):
    """A point in decimal degrees (WGS 84), to six decimals: a tenth of a metre."""

    latitude: Latitude
    longitude: Longitude

    def coordinates(self) -> Coordinates:
        """The same for the service."""
        return Coordinates(self.latitude, self.longitude)


class OwnAddressIn(RequestModel):
    """An address to be kept. What must be in it depends on the country; see address forms."""

    kind: AddressKind = Field(examples=["service"])
    line1: Line = Field(min_length=1, examples=["Sveavägen 1"])
    line2: Line | None = None
    postal_code: Annotated[str, Field(max_length=64)] | None = Field(None, examples=["111 57"])
    city: Line = Field("", examples=["Stockholm"])
    region: Line | None = Field(None, description="Its code or its name, where there is a list.")
    country: str = Field(min_length=2, max_length=2, examples=["SE"])
    label: Line | None = Field(None, examples=["Summer house"])
    is_primary: bool = Field(False, description="The first of a kind is, in any case.")

    def address(self) -> NewAddress:
        """The same for the service."""
        return NewAddress(
            kind=self.kind,
            postal=PostalAddress(**{name: getattr(self, name) for name in FIELDS_OF_ADDRESS}),
            label=self.label,
            is_primary=self.is_primary,
        )


class CustomerAddressIn(OwnAddressIn):
    """An address to be kept, and where it is."""

    coordinates: CoordinatesIn | None = None

    def address(self) -> NewAddress:
        """The same for the service."""
        place = self.coordinates.coordinates() if self.coordinates else None
        return replace(super().address(), coordinates=place)


class OwnAddressChangeIn(RequestModel):
    """What shall be different. What is left out stays; null clears what may be missing."""

    line1: Line = Field("", min_length=1)
    line2: Line | None = None
    postal_code: Annotated[str, Field(max_length=64)] | None = None
    city: Line = ""
    region: Line | None = None
    country: str = Field("", min_length=2, max_length=2)
    label: Line | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class CustomerAddressChangeIn(OwnAddressChangeIn):
    """What shall be different, and where the address is."""

    coordinates: CoordinatesIn | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        given = super().changes()
        if self.coordinates is not None:
            given["coordinates"] = self.coordinates.coordinates()
        return given


class CustomerAddressOut(ResponseModel):
    """An address of a customer."""

    id: UUID
    kind: AddressKind
    label: str | None
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str | None
    country: str
    lines: list[str] = Field(description="As on an envelope, in the order of the country.")
    latitude: Degrees | None
    longitude: Degrees | None
    is_primary: bool
    verified_at: datetime | None = Field(description="When somebody made sure that it is right.")
    version: int

    @classmethod
    def of(cls, address: Address) -> CustomerAddressOut:
        """The address as it is shown."""
        names = cls.model_fields.keys() - {"lines"}
        values = {name: getattr(address, name) for name in names}
        return cls(**values, lines=list(lines_of(address.postal)))


class RegionOut(ResponseModel):
    """A part of a country that stands in its addresses."""

    code: str
    name: str


class AddressFormOut(ResponseModel):
    """What a form asks for in a country."""

    country: str
    country_name: str
    required: list[str]
    used: list[str]
    region_is_called: str = Field(examples=["state"])
    regions: list[RegionOut]
    city_is_called: str
    postal_code_is_called: str = Field(examples=["zip"])
    postal_code_examples: list[str]

    @classmethod
    def of(cls, form: AddressForm) -> AddressFormOut:
        """The form as it is shown."""
        names = cls.model_fields.keys() - {"regions"}
        regions = [RegionOut(code=code, name=name) for code, name in form.regions]
        return cls(**{name: getattr(form, name) for name in names}, regions=regions)
