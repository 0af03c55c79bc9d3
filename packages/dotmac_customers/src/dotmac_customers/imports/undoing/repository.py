"""What an import brought, and who of it somebody went on with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.imports.models import ImportedCustomer
from dotmac_customers.imports.running.repository import DIGEST
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.profiles.profile import POSTAL

# What every customer has, or what tells of it and goes with it; the rest is somebody's work.
_OWN = frozenset({"search_terms", "addresses", "timeline_entries", "imported_customers"})

_IS_FURTHER = f"(a.kind <> '{POSTAL}' OR NOT a.is_primary)"
_OTHER_SIGNS = (
    "SELECT FROM customers.timeline_entries t WHERE t.customer_id = c.id AND t.kind <> 'customer'",
    f"SELECT FROM customers.addresses a WHERE a.customer_id = c.id AND {_IS_FURTHER}",
    "SELECT FROM customers.customers b WHERE b.parent_id = c.id OR b.merged_into_id = c.id",
)


@cache
def _is_used() -> str:
    """Whether anything belongs to a customer `c`, in this package or told of another.

    Everything that happens to a customer in any module stands on its timeline.
    """
    tables = [
        table.fullname
        for table in CustomersBase.metadata.sorted_tables
        if "customer_id" in table.c and table.name not in _OWN
    ]
    signs = [f"SELECT FROM {table} o WHERE o.customer_id = c.id" for table in tables]
    return " OR ".join(f"EXISTS ({sign})" for sign in (*signs, *_OTHER_SIGNS))


def _brought(condition: str, more: str) -> str:
    return (
        "SELECT i.id, i.line, i.customer_id, i.before::text AS before, c.number, "  # noqa: S608 - as above
        f"({DIGEST} <> i.digest) AS is_changed, (i.before IS NULL AND ({_is_used()})) AS is_used "
        "FROM customers.imported_customers i "
        "JOIN customers.customers c ON c.id = i.customer_id "
        f"WHERE i.import_id = $1 {condition} ORDER BY i.line {more}"
    )


class UndoingRepository:
    """What imports of the session's tenant brought."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def in_the_way(self, import_id: UUID, *, limit: int) -> list[asyncpg.Record]:
        """Customers who were changed or used since, each with `total`, how many there are."""
        connection = await driver_connection(self._session)
        return await connection.fetch(
            f"SELECT *, count(*) OVER () AS total FROM ({_brought('', '')}) AS b "  # noqa: S608 - as above
            "WHERE is_changed OR is_used ORDER BY line LIMIT $2",
            *(import_id, limit),
        )

    async def brought(self, import_id: UUID, *, after: int, limit: int) -> list[asyncpg.Record]:
        """Customers of the lines behind `after`, held until the transaction ends."""
        connection = await driver_connection(self._session)
        statement = _brought("AND i.line > $2", "LIMIT $3 FOR UPDATE OF c")
        return await connection.fetch(statement, import_id, after, limit)

    async def let_go(self, row_ids: Sequence[UUID]) -> None:
        """Forget that these customers were brought."""
        await self._session.execute(
            sa.delete(ImportedCustomer).where(ImportedCustomer.id.in_(row_ids))
        )
