"""Queries of tax."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_RATES = "SELECT code, valid_from, rate, name FROM billing.tax_rates"
_BUYERS = """
SELECT c.id, c.country FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.customers c ON c.id = wanted.id
"""


class TaxRepository:
    """Tax law and buyers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rates(self) -> list[asyncpg.Record]:
        """All rates: code, first day, rate, name."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_RATES)

    async def buyers(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Where these customers are."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_BUYERS, list(customer_ids))
