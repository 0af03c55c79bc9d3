"""What can be done with service areas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.addresses.kinds import Coordinates
from dotmac_customers.addresses.repository import AddressRepository
from dotmac_customers.profiles.rules import LONGEST_NAME, line
from dotmac_customers.service_areas.errors import AddressNotPlacedError, ServiceAreaNotFoundError
from dotmac_customers.service_areas.models import ServiceArea
from dotmac_customers.service_areas.polygons import covered
from dotmac_customers.service_areas.repository import ServiceAreaRepository

_FACTS = ("name", "description", "offers", "is_active", "west", "south", "east", "north")

Place = Coordinates | UUID
"""A point, or the address whose coordinates are meant."""


@dataclass(frozen=True, slots=True)
class AreaFound:
    """An area that a point lies in."""

    id: UUID
    name: str
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """Whether a place is served, by which areas, and all that is offered there."""

    coordinates: Coordinates
    areas: tuple[AreaFound, ...]

    @property
    def offers(self) -> list[str]:
        """Each offer of the areas once, in order of the alphabet."""
        return sorted({offer for area in self.areas for offer in area.offers})


class ServiceAreaService:
    """Service areas of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._areas = ServiceAreaRepository(session)

    async def define(
        self,
        *,
        name: str,
        description: str,
        offers: Sequence[str],
        is_active: bool,
        geometry: dict[str, Any],
    ) -> ServiceArea:
        """Draw a new area.

        Raises:
            InvalidAreaError: the GeoJSON describes none.
            ServiceAreaNameTakenError: another area has the name.
        """
        now = clock_of(self._session).now()
        area = ServiceArea(
            id=new_id(),
            name=line("name", name, LONGEST_NAME),
            description=description,
            offers=sorted(set(offers)),
            is_active=is_active,
            version=1,
            created_at=now,
            updated_at=now,
        )
        area.draw(geometry)
        await self._areas.save(area)
        await self._record("define", area, after=_facts(area))
        return area

    async def by_id(self, area_id: UUID, *, for_update: bool = False) -> ServiceArea:
        """The area.

        Raises:
            ServiceAreaNotFoundError: there is none.
        """
        area = await self._areas.by_id(area_id, for_update=for_update)
        if area is None:
            raise ServiceAreaNotFoundError(area_id)
        return area

    async def change(
        self, area_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> ServiceArea:
        """Change what is given.

        Raises:
            ServiceAreaNotFoundError: there is none; and as `define` does.
        """
        area = await self.by_id(area_id, for_update=True)
        check(area.version)
        before = _facts(area)
        for field, value in changes.items():
            if field == "geometry":
                area.draw(value)
            elif field == "offers":
                area.offers = sorted(set(value))
            else:
                setattr(area, field, line(field, value, LONGEST_NAME) if field == "name" else value)
        area.version += 1
        area.updated_at = clock_of(self._session).now()
        await self._areas.save(area)
        await self._record("change", area, before=before, after=_facts(area))
        return area

    async def remove(self, area_id: UUID) -> None:
        """Forget an area.

        Raises:
            ServiceAreaNotFoundError: there is none.
        """
        area = await self.by_id(area_id, for_update=True)
        await self._areas.remove(area)
        await self._record("remove", area, before=_facts(area))

    async def check(self, places: Sequence[Place]) -> list[Served]:
        """What is offered at each of the places, in their order. An edge belongs to its area.

        Two queries for any number of places.

        Raises:
            AddressNotPlacedError: addresses have no coordinates, or the tenant has none such.
        """
        points = await self._points(places)
        pairs = [(point.latitude, point.longitude) for point in points]
        found: list[list[AreaFound]] = [[] for _ in points]
        for area in await self._areas.candidates(pairs):
            told = AreaFound(area.id, area.name, area.offers)
            inside = covered(area.geometry, [pairs[place] for place in area.places])
            for place, is_inside in zip(area.places, inside, strict=True):
                if is_inside:
                    found[place].append(told)
        return [Served(*each) for each in zip(points, map(tuple, found), strict=True)]

    async def _points(self, places: Sequence[Place]) -> list[Coordinates]:
        ids = [place for place in places if isinstance(place, UUID)]
        placed: dict[UUID, Coordinates] = {}
        if ids:
            points = await AddressRepository(self._session).points(ids)
            for address_id, (latitude, longitude) in points.items():
                if latitude is not None and longitude is not None:
                    placed[address_id] = Coordinates(latitude, longitude)
            if missing := sorted(str(each) for each in ids if each not in placed):
                raise AddressNotPlacedError(missing)
        return [placed[place] if isinstance(place, UUID) else place for place in places]

    async def _record(
        self,
        action: str,
        area: ServiceArea,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"customers.service_area_{action}",
            target=("service_area", area.id),
            before=before,
            after=after,
        )


def _facts(area: ServiceArea) -> dict[str, Any]:
    facts = {name: getattr(area, name) for name in _FACTS}
    return {n: str(v) if isinstance(v, Decimal) else v for n, v in facts.items()}
