"""Queries of decisions about issued invoices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.pending.models import WAITS
from dotmac_billing.receivables.filtering import is_late
from dotmac_core_ops.database import driver_connection, new_id

_VOID = """
UPDATE billing.invoice_balances SET status = 'void', amount_due = 0, amount_paid = 0,
  paid_on = NULL, closed_on = $2
WHERE id = $1
"""
_BOOKED = """
SELECT e.id, a.code, p.amount FROM billing.ledger_entries e
JOIN billing.ledger_postings p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
JOIN billing.ledger_accounts a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
WHERE e.source_type = 'invoice' AND e.source_id = $1 ORDER BY p.id
"""
_WAITS = " AND ".join(f"p.{part}" for part in WAITS.split(" AND "))
_IS_TAKEN_BACK = f"""
SELECT EXISTS (
  SELECT FROM billing.invoice_lines l
  JOIN billing.invoice_lines r ON r.reverses_line_id = l.id
  JOIN billing.invoice_balances b ON b.id = r.invoice_id AND b.status <> 'void'
  WHERE l.invoice_id = $1
) OR EXISTS (
  SELECT FROM billing.invoice_lines l
  JOIN billing.pending_lines p ON p.subscription_id = l.subscription_id
    AND p.reverses_line_id = l.id AND {_WAITS}
  WHERE l.invoice_id = $1
)
"""  # noqa: S608 (text of our own)
_USED = """
SELECT DISTINCT l.subscription_id, p.meter, l.period_start FROM billing.invoice_lines l
JOIN billing.price_components p ON p.tenant_id = l.tenant_id AND p.id = l.component_id
WHERE l.invoice_id = $1 AND p.meter IS NOT NULL AND l.subscription_id IS NOT NULL
  AND l.kind IN ('usage', 'minimum', 'adjustment') AND NOT l.position = ANY($2::int[])
"""
_LINES = """
SELECT l.position, l.kind, l.description, l.quantity, l.unit_price, l.net, l.gross, l.discount,
  l.subscription_id,
  CASE WHEN l.kind <> 'minimum' THEN i.percent_off END AS percent_off,
  l.component_id, l.item_id, l.period_start, l.period_end, l.reverses_line_id,
  l.explanation::text AS explanation,
  CASE WHEN p.id IS NULL THEN l.tax_code ELSE p.tax_code END AS tax_code
FROM billing.invoice_lines l
LEFT JOIN billing.price_components p ON p.tenant_id = l.tenant_id AND p.id = l.component_id
LEFT JOIN billing.subscription_items i ON i.tenant_id = l.tenant_id AND i.id = l.item_id
WHERE l.invoice_id = $1 ORDER BY l.position
"""
_WRITE_OFF = """
WITH given_up AS (
  INSERT INTO billing.write_offs (id, invoice_id, amount, tax, occurred_on, reason, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
)
UPDATE billing.invoice_balances SET amount_written_off = amount_written_off + $3,
  amount_due = amount_due - $3, status = CASE
    WHEN amount_due = $3::numeric THEN 'uncollectible'
    WHEN $3::numeric > 0 AND status = 'uncollectible' THEN status
    WHEN amount_paid = 0 AND amount_written_off + $3::numeric = 0 THEN 'open'
    ELSE 'partially_paid' END,
  paid_on = NULL
WHERE id = $2 RETURNING amount_due
"""
_TAX_GIVEN_UP = "SELECT coalesce(sum(tax), 0) FROM billing.write_offs WHERE invoice_id = $1"
_STATUS = "UPDATE billing.invoice_balances SET status = $2 WHERE id = $1"
_SENT = "UPDATE billing.invoice_balances SET sent_at = $2 WHERE id = $1"
_EMAIL = "SELECT email FROM billing.customers WHERE id = $1"
_NEWLY_OVERDUE = f"""
SELECT b.id, i.number, b.customer_id, i.subscription_id, b.currency, b.amount_due, b.due_on
FROM billing.invoice_balances b
JOIN billing.invoices i ON i.tenant_id = b.tenant_id AND i.id = b.id
WHERE {is_late(1)} AND b.overdue_told_on IS NULL AND NOT i.historical
ORDER BY b.id LIMIT $2 FOR NO KEY UPDATE OF b SKIP LOCKED
"""  # noqa: S608 (texts of our own)
_TOLD = """
UPDATE billing.invoice_balances b SET overdue_told_on = $2
FROM unnest($1::uuid[]) AS told(id) WHERE b.id = told.id
"""


class CorrectionRepository:
    """Writes to the invoices of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def void(self, invoice_id: UUID, on: date) -> None:
        """Let nothing be owed on the invoice."""
        connection = await driver_connection(self._session)
        await connection.execute(_VOID, invoice_id, on)

    async def is_taken_back(self, invoice_id: UUID) -> bool:
        """Whether a later invoice, or a line that waits for one, takes back a line of it."""
        connection = await driver_connection(self._session)
        return bool(await connection.fetchval(_IS_TAKEN_BACK, invoice_id))

    async def used(
        self, invoice_id: UUID, without: Collection[int]
    ) -> list[tuple[UUID, str, date]]:
        """Subscription, meter and first day of the usage it bills, but on positions `without`."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_USED, invoice_id, list(without))
        return [(row["subscription_id"], row["meter"], row["period_start"]) for row in rows]

    async def booked(self, invoice_id: UUID) -> tuple[UUID | None, list[tuple[str, Decimal]]]:
        """The invoice's entry in the books and its postings; None when it was over nothing."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_BOOKED, invoice_id)
        entry_id = rows[0]["id"] if rows else None
        return entry_id, [(row["code"], row["amount"]) for row in rows]

    async def lines(self, invoice_id: UUID) -> list[dict[str, Any]]:
        """The invoice's lines in order, with the tax code that their component asks for."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_LINES, invoice_id)]

    async def write_off(
        self,
        *,
        invoice_id: UUID,
        amount: Decimal,
        tax: Decimal,
        on: date,
        reason: str,
        now: datetime,
    ) -> tuple[UUID, Decimal]:
        """Give up `amount` (below zero: take it up again); the row's id, and what is due then."""
        connection = await driver_connection(self._session)
        row_id = new_id()
        due = await connection.fetchval(
            _WRITE_OFF, row_id, invoice_id, amount, tax, on, reason, now
        )
        return row_id, Decimal(due)

    async def tax_given_up(self, invoice_id: UUID) -> Decimal:
        """How much tax of what was given up on the invoice is not owed to the state any more."""
        connection = await driver_connection(self._session)
        return Decimal(await connection.fetchval(_TAX_GIVEN_UP, invoice_id))

    async def set_status(self, invoice_id: UUID, status: str) -> None:
        """Put the invoice into a state that does not follow from its amounts."""
        connection = await driver_connection(self._session)
        await connection.execute(_STATUS, invoice_id, status)

    async def sent(self, invoice_id: UUID, at: datetime) -> None:
        """Note when the invoice was last sent."""
        connection = await driver_connection(self._session)
        await connection.execute(_SENT, invoice_id, at)

    async def email(self, customer_id: UUID) -> str | None:
        """Where the customer's invoices go."""
        connection = await driver_connection(self._session)
        found: str | None = await connection.fetchval(_EMAIL, customer_id)
        return found

    async def newly_overdue(self, now: datetime, limit: int) -> list[asyncpg.Record]:
        """Invoices that became overdue, not told of yet; held, without those that others hold."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_NEWLY_OVERDUE, now, limit)

    async def told(self, invoice_ids: Collection[UUID], on: date) -> None:
        """Note that it was announced that these are overdue."""
        connection = await driver_connection(self._session)
        await connection.execute(_TOLD, list(invoice_ids), on)
