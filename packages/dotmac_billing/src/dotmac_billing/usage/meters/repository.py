"""Queries of meters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.models import Meter
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting
from dotmac_core_ops.database import PooledConnection, RawConnection, driver_connection

METER_COLUMNS = """
m.id, m.code, m.aggregation, m.weighting, m.value_property, m.price_property, m.filters::text,
m.dimensions::text, m.late_policy, m.back_dating_days, m.archived_at IS NOT NULL AS is_archived
"""
"""Of `billing.meters m`, for `terms_of`."""
_ALL = f"SELECT {METER_COLUMNS} FROM billing.meters m"  # noqa: S608 (our own names)
_BY_CODE = _ALL + " JOIN unnest($1::text[]) AS wanted(code) ON m.code = wanted.code"

SORTS = {"code": Meter.code, "name": Meter.name, "created_at": Meter.created_at}


async def meter_terms(
    connection: RawConnection | PooledConnection, codes: Collection[str]
) -> dict[str, MeterTerms]:
    """Those of the meters named that exist, by code."""
    return {row["code"]: terms_of(row) for row in await connection.fetch(_BY_CODE, list(codes))}


class MeterRepository:
    """Meters of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all_terms(self) -> dict[str, MeterTerms]:
        """Every meter by its code, archived ones included."""
        connection = await driver_connection(self._session)
        return {row["code"]: terms_of(row) for row in await connection.fetch(_ALL)}

    async def terms(self, codes: Collection[str]) -> dict[str, MeterTerms]:
        """Those of the meters named that exist, by code."""
        return await meter_terms(await driver_connection(self._session), codes)

    async def find(self, meter_id: UUID, *, locked: bool = False) -> Meter | None:
        """The meter of that id; with `locked` nobody else changes it."""
        statement = sa.select(Meter).where(Meter.id == meter_id)
        if locked:
            statement = statement.with_for_update(key_share=True).execution_options(
                populate_existing=True
            )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def find_by_code(self, code: str) -> Meter | None:
        """The meter of that code."""
        found = await self._session.execute(sa.select(Meter).where(Meter.code == code))
        return found.scalar_one_or_none()

    async def add(self, meter: Meter) -> None:
        """Insert it."""
        self._session.add(meter)
        await self._session.flush()  # its series refer to it

    async def page(
        self, *, archived: bool | None, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[Sequence[Meter], int]:
        """A page of meters and the number of all that match."""
        conditions = []
        if archived is not None:
            conditions.append(
                Meter.archived_at.is_not(None) if archived else Meter.archived_at.is_(None)
            )
        column = SORTS[sort]
        order = (column.desc(), Meter.id.desc()) if descending else (column, Meter.id)
        rows = await self._session.execute(
            sa.select(Meter).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(Meter).where(*conditions)
        )
        return rows.scalars().all(), total.scalar_one()


def terms_of(row: asyncpg.Record) -> MeterTerms:
    """A row with `METER_COLUMNS`."""
    filters = orjson.loads(row["filters"])
    return MeterTerms(
        id=row["id"],
        code=row["code"],
        aggregation=Aggregation(row["aggregation"]),
        weighting=Weighting(row["weighting"]) if row["weighting"] else None,
        value_property=row["value_property"],
        price_property=row["price_property"],
        filters=tuple((name, frozenset(accepted)) for name, accepted in sorted(filters.items())),
        dimensions=tuple(orjson.loads(row["dimensions"])),
        late_policy=LatePolicy(row["late_policy"]),
        back_dating_days=row["back_dating_days"],
        is_archived=row["is_archived"],
    )
