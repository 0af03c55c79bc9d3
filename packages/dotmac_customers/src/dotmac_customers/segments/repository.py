"""Every query about segments."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.filters.repository import Parameters, where_target
from dotmac_customers.filters.target import Target
from dotmac_customers.segments.errors import SegmentNameTakenError
from dotmac_customers.segments.models import Segment

# The parts put together here are constants of this file; values travel as parameters.
_PUT = """
INSERT INTO customers.segment_members (segment_id, customer_id)
SELECT {segment}::uuid, c.id FROM customers.customers c WHERE {where} ON CONFLICT DO NOTHING
"""
_TAKE = """
DELETE FROM customers.segment_members m USING unnest($2::uuid[]) AS gone(id)
WHERE m.segment_id = $1 AND m.customer_id = gone.id
"""
_EMPTY = "DELETE FROM customers.segment_members WHERE segment_id = $1"


class SegmentRepository:
    """Segments of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[Segment]:
        """All segments by name."""
        return (await self._session.scalars(sa.select(Segment).order_by(Segment.name))).all()

    async def by_id(self, segment_id: UUID, *, for_update: bool = False) -> Segment | None:
        """The segment, if the tenant has it."""
        query = sa.select(Segment).where(Segment.id == segment_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def save(self, segment: Segment) -> None:
        """Write it now, to learn of a conflict.

        Raises:
            SegmentNameTakenError: another segment has the name.
        """
        name = segment.name
        try:
            async with self._session.begin_nested():
                self._session.add(segment)
        except IntegrityError as error:
            raise SegmentNameTakenError(name) from error

    async def remove(self, segment: Segment) -> None:
        """Forget a segment with its list."""
        connection = await driver_connection(self._session)
        await connection.execute(_EMPTY, segment.id)
        await self._session.delete(segment)

    async def put(self, segment_id: UUID, target: Target) -> int:
        """Put customers on a list; how many were not on it."""
        parameters = Parameters()
        statement = _PUT.format(
            segment=parameters.place(segment_id), where=where_target(target, parameters)
        )
        return await self._count(statement, *parameters.values)

    async def take(self, segment_id: UUID, customer_ids: Sequence[UUID]) -> int:
        """Take customers off a list; how many were on it."""
        return await self._count(_TAKE, segment_id, list(customer_ids))

    async def count(self, target: Target) -> int:
        """How many customers `target` means."""
        parameters = Parameters()
        condition = where_target(target, parameters)
        connection = await driver_connection(self._session)
        found: int = await connection.fetchval(
            f"SELECT count(*) FROM customers.customers c WHERE {condition}",  # noqa: S608 - as above
            *parameters.values,
        )
        return found

    async def _count(self, statement: str, *values: object) -> int:
        connection = await driver_connection(self._session)
        return int((await connection.execute(statement, *values)).rsplit(" ", 1)[-1])
