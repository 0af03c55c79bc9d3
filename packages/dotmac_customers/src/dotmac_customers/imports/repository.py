"""Every query about imports and what became of their rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import PooledConnection, copy_rows, driver_connection, new_id
from dotmac_customers.imports.models import CustomerImport, ImportedCustomer, ImportRefusal
from dotmac_customers.imports.problems import Problem

_REFUSAL_COLUMNS = ("id", "import_id", "line", "problems")
_FETCHED = 1000
_REFUSALS = """
SELECT line, problems FROM customers.import_refusals WHERE import_id = $1 ORDER BY line
"""
# A file says of each problem which row it is of; pages are of problems, not of rows.
_PROBLEMS = """
SELECT r.line AS row, p.problem ->> 'column' AS column, p.problem ->> 'code' AS code,
       p.problem ->> 'message' AS message, p.problem ->> 'value' AS value
FROM customers.import_refusals r
CROSS JOIN LATERAL jsonb_array_elements(r.problems) WITH ORDINALITY AS p(problem, place)
WHERE r.import_id = $1 ORDER BY r.line, p.place OFFSET $2 LIMIT $3
"""
_COUNTED_PROBLEMS = """
SELECT p.problem ->> 'column' AS column, p.problem ->> 'code' AS code, count(*) AS count
FROM customers.import_refusals r CROSS JOIN LATERAL jsonb_array_elements(r.problems) AS p(problem)
WHERE r.import_id = $1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


class ImportRepository:
    """Imports of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: CustomerImport) -> None:
        """Keep an import."""
        self._session.add(new)
        await self._session.flush()  # it is answered as it is stored

    async def by_id(self, import_id: UUID, *, for_update: bool = False) -> CustomerImport | None:
        """The import, if the tenant has it."""
        query = sa.select(CustomerImport).where(CustomerImport.id == import_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def page(self, *, offset: int, limit: int) -> tuple[Sequence[CustomerImport], int]:
        """Some of the imports, newest first, and how many there are."""
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(CustomerImport))
        query = sa.select(CustomerImport).order_by(
            CustomerImport.created_at.desc(), CustomerImport.id.desc()
        )
        return (await self._session.scalars(query.offset(offset).limit(limit))).all(), total or 0

    async def refuse(
        self, import_id: UUID, refused: Iterable[tuple[int, Sequence[Problem]]]
    ) -> None:
        """Keep which lines are not taken, and why."""
        rows = [
            (new_id(), import_id, line, orjson.dumps([asdict(one) for one in problems]).decode())
            for line, problems in refused
        ]
        await copy_rows(self._session, "customers.import_refusals", rows, columns=_REFUSAL_COLUMNS)

    async def clear_refusals(self, import_ids: Sequence[UUID]) -> None:
        """Forget which lines were not taken."""
        await self._session.execute(
            sa.delete(ImportRefusal).where(ImportRefusal.import_id.in_(import_ids))
        )

    async def problems(self, import_id: UUID, *, offset: int, limit: int) -> list[asyncpg.Record]:
        """Some of the problems, by row and in each by column of the mapping."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_PROBLEMS, import_id, offset, limit)

    async def counted_problems(self, import_id: UUID) -> list[asyncpg.Record]:
        """How often each problem comes up in each column, the most frequent first."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_COUNTED_PROBLEMS, import_id)

    async def older(self, than: datetime, *, untouched_since: datetime) -> Sequence[CustomerImport]:
        """Imports with files that ended before `than`, or were not started and are older."""
        query = sa.select(CustomerImport).where(
            CustomerImport.file_id.is_not(None),
            sa.or_(
                CustomerImport.finished_at < than,
                sa.and_(
                    CustomerImport.started_at.is_(None), CustomerImport.created_at < untouched_since
                ),
            ),
        )
        return (await self._session.scalars(query.with_for_update(skip_locked=True))).all()

    async def with_customer(self, customer_id: UUID) -> Sequence[CustomerImport]:
        """Imports with files that made or changed the customer."""
        mine = sa.select(ImportedCustomer.import_id).where(
            ImportedCustomer.customer_id == customer_id
        )
        query = sa.select(CustomerImport).where(
            CustomerImport.id.in_(mine), CustomerImport.file_id.is_not(None)
        )
        return (await self._session.scalars(query.with_for_update())).all()

    async def clear_brought(self, import_ids: Sequence[UUID]) -> None:
        """Forget what would be needed to take imports back."""
        await self._session.execute(
            sa.delete(ImportedCustomer).where(ImportedCustomer.import_id.in_(import_ids))
        )


async def refusals(
    connection: PooledConnection, import_id: UUID
) -> AsyncIterator[tuple[int, list[dict[str, str]]]]:
    """The lines that are not taken with their problems, in order; a thousand are held at a time."""
    async for row in connection.cursor(_REFUSALS, import_id, prefetch=_FETCHED):
        yield row["line"], orjson.loads(row["problems"])
