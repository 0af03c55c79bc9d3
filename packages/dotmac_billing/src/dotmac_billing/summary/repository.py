"""Sums over everything, one query each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_BILLED = """
SELECT currency, count(*), sum(total) FROM billing.invoices WHERE issued_on <= $1 GROUP BY 1
"""
_PAID = """
SELECT currency, count(*), sum(amount) FROM billing.payments WHERE received_on <= $1 GROUP BY 1
"""
_APPLIED = """
SELECT p.currency, count(*), sum(a.amount)
FROM billing.payment_allocations a
JOIN billing.payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
WHERE a.allocated_on <= $1 GROUP BY 1
"""


class Sum(NamedTuple):
    """How many rows, and what they sum to."""

    rows: int
    amount: Decimal


class SummaryRepository:
    """Sums up the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def billed(self, as_of: date) -> dict[str, Sum]:
        """Invoices issued up to and including `as_of`, by currency."""
        return await self._sums(_BILLED, as_of)

    async def paid(self, as_of: date) -> dict[str, Sum]:
        """Payments received up to and including `as_of`, by currency."""
        return await self._sums(_PAID, as_of)

    async def applied(self, as_of: date) -> dict[str, Sum]:
        """What was allocated to invoices up to and including `as_of`, by currency."""
        return await self._sums(_APPLIED, as_of)

    async def _sums(self, query: str, as_of: date) -> dict[str, Sum]:
        connection = await driver_connection(self._session)
        return {row[0]: Sum(row[1], row[2]) for row in await connection.fetch(query, as_of)}
