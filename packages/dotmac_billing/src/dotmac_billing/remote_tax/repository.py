"""Queries of documents whose tax somebody else works out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.remote_tax.models import TaxDocument
from dotmac_billing.remote_tax.states import TaxDocumentStatus
from dotmac_core_ops.database import RawConnection, copy_rows, driver_connection

_CODES = "SELECT code, external_code FROM billing.tax_categories"
_SELLER = """
SELECT country, seller_region, seller_postal_code, seller_city, seller_street FROM billing.settings
"""
_BUYERS = """
SELECT c.id, c.code, c.tax_id, c.country, c.region, c.postal_code, c.city, c.street
FROM unnest($1::uuid[]) AS wanted(id) JOIN billing.customers c ON c.id = wanted.id
"""
_WITH_STATUS = """
SELECT d.id, d.service FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.tax_documents d ON d.id = wanted.id AND d.status = ANY($2::text[])
ORDER BY d.id
"""
_SETTLE = """
UPDATE billing.tax_documents d SET status = $2, settled_at = $3
FROM unnest($1::uuid[]) AS wanted(id) WHERE d.id = wanted.id
"""
_COLUMNS = ("id", "invoice_id", "service", "status", "facts", "created_at", "settled_at")
Row = tuple[UUID, UUID, str, str, str, datetime, datetime | None]


class RemoteTaxRepository:
    """Documents and parties of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def codes(self) -> dict[str, str | None]:
        """What a tax service calls each category of products."""
        connection = await self._connection()
        return {row["code"]: row["external_code"] for row in await connection.fetch(_CODES)}

    async def seller(self) -> asyncpg.Record | None:
        """Where the tenant is, in the order of `TaxAddress`; None before billing was opened."""
        connection = await self._connection()
        return await connection.fetchrow(_SELLER)

    async def buyers(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Customers: id, code, tax number, and the address in the order of `TaxAddress`."""
        connection = await self._connection()
        return await connection.fetch(_BUYERS, list(customer_ids))

    async def add(self, rows: Iterable[Row]) -> None:
        """Remember documents."""
        await copy_rows(self._session, table_of(TaxDocument), rows, columns=_COLUMNS)

    async def with_status(
        self, ids: Collection[UUID], *statuses: TaxDocumentStatus
    ) -> list[asyncpg.Record]:
        """Of these documents, those that stand like that: id and service."""
        connection = await self._connection()
        wanted = [status.value for status in statuses]
        return await connection.fetch(_WITH_STATUS, list(ids), wanted)

    async def settle(self, ids: Collection[UUID], status: TaxDocumentStatus, at: datetime) -> None:
        """Note what the service was told of these documents."""
        connection = await self._connection()
        await connection.execute(_SETTLE, list(ids), status.value, at)

    async def _connection(self) -> RawConnection:
        await self._session.flush()  # parties may have been changed just before
        return await driver_connection(self._session)
