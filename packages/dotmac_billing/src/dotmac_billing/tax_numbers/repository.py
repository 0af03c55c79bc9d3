"""Queries of checks of tax numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.tax_numbers import VIES_COUNTRIES
from dotmac_billing.tax.models import TaxNumberCheck
from dotmac_core_ops.database import driver_connection

# Numbers that were never found good wait for somebody to correct them: only good ones are believed.
_TO_LOOK_AT = """
SELECT c.id, c.country, c.tax_id FROM billing.customers c
JOIN unnest($2::text[]) AS eu(country) ON eu.country = c.country
LEFT JOIN LATERAL (
  SELECT max(k.checked_at) AS at FROM billing.tax_number_checks k
  WHERE k.customer_id = c.id AND k.source = 'vies') looked ON true
WHERE c.tax_id IS NOT NULL AND c.is_active
  AND (c.tax_id_valid_on IS NOT NULL OR looked.at IS NOT NULL)
  AND (looked.at IS NULL OR looked.at < $1)
ORDER BY looked.at NULLS FIRST, c.id LIMIT $3
"""
_GOOD = """
SELECT c.id FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.customers c ON c.id = wanted.id AND c.tax_id_valid_on IS NOT NULL
"""
_STILL_GOOD = """
UPDATE billing.customers c SET tax_id_valid_on = $2
FROM unnest($1::uuid[]) AS good(id) WHERE c.id = good.id AND c.tax_id_valid_on IS NOT NULL
"""


class CustomerNumber(NamedTuple):
    """A customer with the tax number as it was written down."""

    customer_id: UUID
    country: str
    tax_id: str


class TaxNumberRepository:
    """Checks of the session's tenant; they are only ever added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, check: TaxNumberCheck) -> None:
        """Remember a check."""
        self._session.add(check)
        await self._session.flush()  # read back by the routes

    async def add_many(self, checks: Sequence[TaxNumberCheck]) -> None:
        """Remember checks."""
        self._session.add_all(checks)
        await self._session.flush()  # one statement for all

    async def to_look_at(self, looked_before: datetime, limit: int) -> list[CustomerNumber]:
        """Numbers of the EU that the register was not asked about since then, oldest look first."""
        connection = await driver_connection(self._session)
        countries = sorted(VIES_COUNTRIES)
        rows = await connection.fetch(_TO_LOOK_AT, looked_before, countries, limit)
        return [CustomerNumber(*row) for row in rows]

    async def good(self, customer_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these customers whose number is believed to be good."""
        connection = await driver_connection(self._session)
        return {row[0] for row in await connection.fetch(_GOOD, list(customer_ids))}

    async def still_good(self, customer_ids: Sequence[UUID], on: date) -> None:
        """Note the day on which the numbers of these were found good again."""
        connection = await driver_connection(self._session)
        await connection.execute(_STILL_GOOD, list(customer_ids), on)

    async def page(
        self, customer_id: UUID | None, number: str | None, offset: int, limit: int
    ) -> tuple[Sequence[TaxNumberCheck], int]:
        """A page of checks, the newest first, and the number of all that match."""
        conditions = []
        if customer_id is not None:
            conditions.append(TaxNumberCheck.customer_id == customer_id)
        if number is not None:
            conditions.append(TaxNumberCheck.number == number)
        rows = await self._session.execute(
            sa.select(TaxNumberCheck)
            .where(*conditions)
            .order_by(TaxNumberCheck.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(TaxNumberCheck).where(*conditions)
        )
        return rows.scalars().all(), total.scalar_one()
