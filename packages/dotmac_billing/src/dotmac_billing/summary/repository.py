"""Sums over everything, one query each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.payments.credit import PaymentKind
from dotmac_core_ops.database import driver_connection

_BILLED = """
SELECT i.currency, count(*), sum(i.total) FROM billing.invoices i
JOIN billing.invoice_balances b ON b.tenant_id = i.tenant_id AND b.id = i.id
WHERE i.issued_on <= $1 AND (b.closed_on IS NULL OR b.closed_on > $1) GROUP BY 1
"""
_PAID = """
SELECT currency, count(*), sum(amount) FROM billing.payments
WHERE received_on <= $1 AND kind = $2 GROUP BY 1
"""
_GIVEN = """
SELECT i.currency, count(*), sum(g.amount) FROM (
  SELECT invoice_id, amount FROM billing.write_offs WHERE occurred_on <= $1
  UNION ALL SELECT invoice_id, -amount FROM billing.wallet_movements
    WHERE kind IN ('drawn', 'returned') AND occurred_on <= $1
) g JOIN billing.invoices i ON i.id = g.invoice_id GROUP BY 1
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
        """Invoices issued up to and including `as_of` and not void by then, by currency."""
        return await self._sums(_BILLED, as_of)

    async def paid(self, as_of: date, kind: PaymentKind) -> dict[str, Sum]:
        """Payments, or credits of another kind, up to and including `as_of`, by currency."""
        return await self._sums(_PAID, as_of, kind.value)

    async def given(self, as_of: date) -> dict[str, Sum]:
        """Debts given up, and paid from wallets, up to and including `as_of`, by currency."""
        return await self._sums(_GIVEN, as_of)

    async def applied(self, as_of: date) -> dict[str, Sum]:
        """What was allocated to invoices up to and including `as_of`, by currency."""
        return await self._sums(_APPLIED, as_of)

    async def _sums(self, query: str, as_of: date, *more: str) -> dict[str, Sum]:
        connection = await driver_connection(self._session)
        return {row[0]: Sum(row[1], row[2]) for row in await connection.fetch(query, as_of, *more)}
