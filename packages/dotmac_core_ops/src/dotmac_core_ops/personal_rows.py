"""All rows that are about a customer, whatever tables a package has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_NEVER = frozenset({"tenant_id", "password_hash", "token_hash", "secret_hash"})
"""Columns that are nobody's personal data but keys to it."""


async def rows_about(
    session: AsyncSession,
    metadata: sa.MetaData,
    customer_id: UUID,
    *,
    but: Collection[str] = (),
) -> dict[str, list[dict[str, Any]]]:
    """The rows with this `customer_id`, by table, of all tables of `metadata` but some.

    A table that is made later is part of it by itself. Tables without such rows are left out.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        if "customer_id" not in table.columns or table.name in but:
            continue
        columns = [column for column in table.columns if column.name not in _NEVER]
        query = sa.select(*columns).where(table.c.customer_id == customer_id)
        rows = [dict(row) for row in (await session.execute(query)).mappings()]
        if rows:
            found[table.name] = rows
    return found
