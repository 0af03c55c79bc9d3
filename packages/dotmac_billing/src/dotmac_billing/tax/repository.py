"""Queries of tax that billing itself asks: law and buyers, many at once."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import RawConnection, driver_connection

_RATES = "SELECT code, valid_from, rate, name FROM billing.tax_rates ORDER BY valid_from"
_SELLER = "SELECT country, seller_region, seller_postal_code FROM billing.settings"
_REGISTRATIONS = """
SELECT country, region, scheme, valid_from, valid_until FROM billing.tax_registrations
"""
_CATEGORIES = "SELECT code, is_goods FROM billing.tax_categories"
# Of tables by postal code, which are long, only the regions in which the tenant collects tax.
_RULES = """
WITH collecting AS (
  SELECT country, region FROM billing.tax_registrations WHERE scheme = 'domestic'
)
SELECT id, country, slot, tax_code, name, rate, valid_from, region, postal_prefix, city,
       product_category, buyer, supply, is_compound, position, category, jurisdiction,
       exemption_reason, exemption_code, valid_until
FROM billing.tax_rules r
WHERE postal_prefix IS NULL OR region IS NULL
   OR NOT EXISTS (SELECT FROM collecting c WHERE c.country = r.country)
   OR EXISTS (SELECT FROM collecting c
              WHERE c.country = r.country AND (c.region IS NULL OR c.region = r.region))
"""
# Joined to the wanted ids, not compared with an array; see the payments' repository.
_BUYERS = """
SELECT c.id, c.country, c.region, c.postal_code, c.city, c.is_business,
       c.tax_id IS NOT NULL AND c.tax_id_valid_on IS NOT NULL AS has_valid_tax_id
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.customers c ON c.id = wanted.id
"""
_EXEMPTIONS = """
SELECT e.customer_id, e.reason, e.reason_code, e.certificate, e.country, e.region, e.tax_code,
       e.valid_from, e.valid_until
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.tax_exemptions e ON e.customer_id = wanted.id
ORDER BY e.customer_id, e.id
"""
_WITHHOLDINGS = """
SELECT w.customer_id, w.name, w.rate, w.basis, w.product_category, w.valid_from, w.valid_until
FROM billing.tax_withholdings w
WHERE w.customer_id IS NULL OR w.customer_id = $1 ORDER BY w.id
"""


class TaxRepository:
    """Tax law and buyers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rates(self) -> list[asyncpg.Record]:
        """All rates: code, first day, rate, name; in the order of their first days."""
        return await self._all(_RATES)

    async def seller(self) -> asyncpg.Record | None:
        """Where the tenant is; None before billing was opened."""
        connection = await self._connection()
        return await connection.fetchrow(_SELLER)

    async def registrations(self) -> list[asyncpg.Record]:
        """Where the tenant collects tax."""
        return await self._all(_REGISTRATIONS)

    async def categories(self) -> list[asyncpg.Record]:
        """Categories of products, and which are goods."""
        return await self._all(_CATEGORIES)

    async def rules(self) -> list[asyncpg.Record]:
        """All rules that can hold, by the names of `rules.Rule`.

        Rules by postal code are left out where the tenant does not collect tax in their region.
        """
        return await self._all(_RULES)

    async def buyers(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Where these customers are and what they are, in the order of `buyer.TaxBuyer`."""
        connection = await self._connection()
        return await connection.fetch(_BUYERS, list(customer_ids))

    async def exemptions(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Certificates of these customers, with the columns in the order of `buyer.Exemption`."""
        connection = await self._connection()
        return await connection.fetch(_EXEMPTIONS, list(customer_ids))

    async def withholdings(self, customer_id: UUID) -> list[asyncpg.Record]:
        """What holds for every customer and what holds for this one."""
        connection = await self._connection()
        return await connection.fetch(_WITHHOLDINGS, customer_id)

    async def _all(self, statement: str) -> list[asyncpg.Record]:
        connection = await self._connection()
        return await connection.fetch(statement)

    async def _connection(self) -> RawConnection:
        await self._session.flush()  # law or buyers may have been changed just before
        return await driver_connection(self._session)
