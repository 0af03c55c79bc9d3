"""What an address is for, and an address as it is put in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dotmac_customers.profiles.profile import PostalAddress


class AddressKind(StrEnum):
    """What an address is for; the primary mailing address is the one that the profile shows."""

    BILLING = "billing"
    SERVICE = "service"
    MAILING = "mailing"
    LEGAL = "legal"
    INSTALLATION = "installation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point of the earth in decimal degrees (WGS 84); south and west are negative."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address to be kept; the first of its kind is primary in any case."""

    kind: AddressKind
    postal: PostalAddress
    label: str | None = None
    coordinates: Coordinates | None = None
    is_primary: bool = False
