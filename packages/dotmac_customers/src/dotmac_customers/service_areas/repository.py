"""Every query about service areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.service_areas.errors import ServiceAreaNameTakenError
from dotmac_customers.service_areas.models import ServiceArea

# Each area travels once, with the places of the points in its box.
_CANDIDATES = """
SELECT a.id, a.name, a.offers, a.geometry::text AS geometry, near.places
FROM customers.service_areas a
JOIN LATERAL (
  SELECT array_agg(p.place ORDER BY p.place) AS places
  FROM unnest($1::numeric[], $2::numeric[]) WITH ORDINALITY AS p(latitude, longitude, place)
  WHERE p.longitude BETWEEN a.west AND a.east AND p.latitude BETWEEN a.south AND a.north
) near ON near.places IS NOT NULL
WHERE a.is_active ORDER BY a.name
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An area in whose box some points lie: `places` count from 0."""

    id: UUID
    name: str
    offers: tuple[str, ...]
    geometry: dict[str, Any]
    places: tuple[int, ...]


class ServiceAreaRepository:
    """Service areas of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, *, offset: int, limit: int) -> tuple[Sequence[ServiceArea], int]:
        """Some of the areas by name, and how many there are."""
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(ServiceArea))
        query = sa.select(ServiceArea).order_by(ServiceArea.name).offset(offset).limit(limit)
        return (await self._session.scalars(query)).all(), total or 0

    async def by_id(self, area_id: UUID, *, for_update: bool = False) -> ServiceArea | None:
        """The area, if the tenant has it."""
        query = sa.select(ServiceArea).where(ServiceArea.id == area_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def candidates(self, points: Sequence[tuple[Decimal, Decimal]]) -> list[Candidate]:
        """Active areas in whose box a point (latitude, longitude) lies, by name."""
        connection = await driver_connection(self._session)
        latitudes, longitudes = [lat for lat, _ in points], [lon for _, lon in points]
        rows = await connection.fetch(_CANDIDATES, latitudes, longitudes)
        return [
            Candidate(
                row["id"],
                row["name"],
                tuple(row["offers"]),
                orjson.loads(row["geometry"]),
                tuple(place - 1 for place in row["places"]),
            )
            for row in rows
        ]

    async def save(self, area: ServiceArea) -> None:
        """Write it now, to learn of a conflict.

        Raises:
            ServiceAreaNameTakenError: another area has the name.
        """
        name = area.name
        try:
            async with self._session.begin_nested():
                self._session.add(area)
        except IntegrityError as error:
            raise ServiceAreaNameTakenError(name) from error

    async def remove(self, area: ServiceArea) -> None:
        """Forget an area."""
        await self._session.delete(area)
