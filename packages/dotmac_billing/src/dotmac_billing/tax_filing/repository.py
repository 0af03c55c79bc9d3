"""Queries of credit notes that a tax service must hear of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_NOTES = """
SELECT n.id, n.invoice_id, n.currency, n.issued_on, d.service, d.facts
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.credit_notes n ON n.id = wanted.id
JOIN billing.tax_documents d ON d.id = n.invoice_id AND d.status <> 'void'
WHERE NOT EXISTS (SELECT FROM billing.tax_documents own WHERE own.id = n.id)
ORDER BY n.id
"""
_LINES = """
SELECT l.credit_note_id, l.description, l.net, l.quantity, l.tax_code, l.tax_rate,
       i.position AS invoice_position
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.credit_note_lines l ON l.credit_note_id = wanted.id
JOIN billing.invoice_lines i ON i.id = l.invoice_line_id
ORDER BY l.credit_note_id, l.position
"""
_TAXES = """
SELECT t.credit_note_id, i.treatment, i.line_rate, sum(t.tax) AS tax
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.credit_note_taxes t ON t.credit_note_id = wanted.id
JOIN billing.invoice_taxes i ON i.id = t.invoice_tax_id
GROUP BY t.credit_note_id, i.treatment, i.line_rate
"""


class TaxFilingRepository:
    """Credit notes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unreported(self, credit_note_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Of these credit notes, those for invoices that a service knows and that it does not."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_NOTES, list(credit_note_ids))

    async def lines(self, credit_note_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Their lines, in their order."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_LINES, list(credit_note_ids))

    async def taxes(self, credit_note_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """What is taken back of the taxes of each treatment."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_TAXES, list(credit_note_ids))
