"""Writing invoices, and finding what is owed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.receivables.models import Invoice, InvoiceBalance, InvoiceLine, InvoiceTax
from dotmac_core_ops.database import TableRows, driver_connection, new_id

INVOICE = (
    *("id", "number", "series", "sequence", "customer_id", "subscription_id", "kind"),
    *("period_start", "period_end", "issued_on", "due_on", "currency", "net", "tax", "total"),
    *("historical", "run_id", "created_at"),
)
BALANCE = (
    *("id", "customer_id", "currency", "status", "total", "amount_paid", "amount_due"),
    *("due_on", "paid_on"),
)
LINE = (
    *("id", "invoice_id", "position", "item_id", "component_id", "description", "quantity"),
    *("unit_price", "net", "tax_code", "tax_rate", "period_start", "period_end"),
)
TAX = ("id", "invoice_id", "tax_code", "rate", "net", "tax")
_ADD_SERIES = """
INSERT INTO billing.number_series (id, series, next_sequence) VALUES ($1, $2, 1)
ON CONFLICT DO NOTHING
"""
_DRAW = """
UPDATE billing.number_series SET next_sequence = next_sequence + $2
WHERE series = $1 RETURNING next_sequence - $2
"""
_OPEN = """
SELECT id, customer_id, currency, amount_due
FROM billing.invoice_balances
WHERE customer_id = ANY($1::uuid[]) AND amount_due > 0
ORDER BY due_on, id FOR NO KEY UPDATE
"""
_PAY = """
UPDATE billing.invoice_balances b
SET amount_paid = b.amount_paid + p.amount, amount_due = b.amount_due - p.amount,
    status = CASE WHEN b.amount_due = p.amount THEN 'paid' ELSE 'partially_paid' END,
    paid_on = CASE WHEN b.amount_due = p.amount THEN p.paid_on END
FROM unnest($1::uuid[], $2::numeric[], $3::date[]) AS p(id, amount, paid_on)
WHERE b.id = p.id
RETURNING b.id, b.customer_id, b.amount_due, b.paid_on
"""


def invoice_tables(
    invoices: Sequence[tuple[Any, ...]],
    balances: Sequence[tuple[Any, ...]],
    lines: Sequence[tuple[Any, ...]],
    taxes: Sequence[tuple[Any, ...]],
) -> list[TableRows]:
    """Rows in the order of the columns above, for `copy_tables`."""
    return [
        TableRows(table_of(Invoice), INVOICE, invoices),
        TableRows(table_of(InvoiceBalance), BALANCE, balances),
        TableRows(table_of(InvoiceLine), LINE, lines),
        TableRows(table_of(InvoiceTax), TAX, taxes),
    ]


class ReceivablesRepository:
    """Invoices and balances of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_series(self, series: str) -> None:
        """Let numbers be drawn from `series`, beginning with 1; nothing if they can be already."""
        connection = await driver_connection(self._session)
        await connection.execute(_ADD_SERIES, new_id(), series)

    async def draw(self, series: str, count: int) -> int:
        """The first of `count` consecutive numbers. Until commit nobody else draws: do it last."""
        connection = await driver_connection(self._session)
        first = await connection.fetchval(_DRAW, series, count)
        if first is None:
            await self.open_series(series)
            first = await connection.fetchval(_DRAW, series, count)
        return int(first)

    async def open_balances(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """What these customers owe, oldest debt first; held until the transaction ends."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_OPEN, list(customer_ids))

    async def pay(self, paid: Sequence[tuple[UUID, Any, Any]]) -> list[asyncpg.Record]:
        """Take (invoice, amount, day) off what is owed; the balances as they are then.

        An invoice must not be named twice.
        """
        connection = await driver_connection(self._session)
        return await connection.fetch(_PAY, *zip(*paid, strict=True))
