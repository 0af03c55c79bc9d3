"""Every query of late fees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.late_fees.fees import Rule
from dotmac_billing.late_fees.kinds import LateFeeKind
from dotmac_billing.late_fees.models import LateFeeCharge, LateFeeRule
from dotmac_billing.mapped_base import table_of
from dotmac_billing.receivables.filtering import is_late
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

_RULE = (
    *("id", "code", "kind", "grace_days", "currency", "amount", "rate", "minimum_due", "cap"),
    *("tax_code", "description", "is_active", "created_at", "version"),
)
_CHARGE = (
    *("id", "rule_id", "invoice_id", "customer_id", "from_on", "to_on", "base", "amount"),
    *("currency", "pending_line_id", "created_at"),
)
_RULES = """
SELECT id, kind, grace_days, currency, amount, rate, minimum_due, cap, tax_code, description
FROM billing.late_fee_rules WHERE is_active ORDER BY id
"""
_LIST = "SELECT * FROM billing.late_fee_rules ORDER BY code LIMIT $1 OFFSET $2"
_FIND = "SELECT * FROM billing.late_fee_rules WHERE id = $1"
_RETIRE = """
UPDATE billing.late_fee_rules SET is_active = false, version = version + 1
WHERE id = $1 AND is_active RETURNING id
"""
# `today` is the day it is where the customer is.
_DEBT = """
SELECT b.id, i.number, b.customer_id, b.currency, b.due_on, b.total,
       ($1::timestamptz AT TIME ZONE c.time_zone)::date AS today
FROM billing.invoice_balances b
JOIN billing.invoices i ON i.tenant_id = b.tenant_id AND i.id = b.id
JOIN billing.customers c ON c.tenant_id = b.tenant_id AND c.id = b.customer_id
"""
_CHARGEABLE = """
 NOT i.historical AND NOT EXISTS (
  SELECT FROM billing.late_fee_waivers w WHERE w.invoice_id = b.id)
"""
# The partial index of open invoices finds them, customer after customer.
_OPEN = f"""
{_DEBT} WHERE {is_late(1)} AND b.id > $2 AND {_CHARGEABLE} ORDER BY b.id LIMIT $3
"""
_PAID = f"""
{_DEBT} JOIN unnest($2::uuid[]) AS wanted(id) ON b.id = wanted.id
WHERE b.paid_on > b.due_on AND {_CHARGEABLE} ORDER BY b.id
"""
_HOLD = """
SELECT c.id FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.customers c ON c.id = wanted.id ORDER BY c.id FOR NO KEY UPDATE OF c
"""
_SETTLED = """
SELECT s.invoice_id, s.on_day, s.amount FROM unnest($1::uuid[]) AS wanted(id) JOIN (
  SELECT invoice_id, allocated_on AS on_day, amount FROM billing.payment_allocations
  UNION ALL SELECT invoice_id, occurred_on, amount FROM billing.write_offs
  UNION ALL SELECT invoice_id, occurred_on, -amount FROM billing.wallet_movements
    WHERE kind IN ('drawn', 'returned')
) s ON s.invoice_id = wanted.id
"""
_CHARGED = """
SELECT c.invoice_id, c.rule_id, sum(c.amount) AS amount, max(c.to_on) AS to_on
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.late_fee_charges c ON c.invoice_id = wanted.id GROUP BY c.invoice_id, c.rule_id
"""
_OF_INVOICE = """
SELECT c.id, c.rule_id, r.code AS rule, c.from_on, c.to_on, c.base, c.amount, c.currency,
  p.invoice_id AS billed_on_id, p.withdrawn_at IS NOT NULL AS is_withdrawn
FROM billing.late_fee_charges c
JOIN billing.late_fee_rules r ON r.tenant_id = c.tenant_id AND r.id = c.rule_id
LEFT JOIN billing.pending_lines p ON p.tenant_id = c.tenant_id AND p.id = c.pending_line_id
WHERE c.invoice_id = $1 ORDER BY c.from_on, c.id
"""
_WAITING = """
SELECT c.pending_line_id FROM billing.late_fee_charges c
WHERE c.invoice_id = $1 AND c.pending_line_id IS NOT NULL
"""
_WAIVE = """
INSERT INTO billing.late_fee_waivers (id, invoice_id, reason, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING id
"""


class LateFeeRepository:
    """Late fees of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rules(self) -> list[Rule]:
        """The rules that are active, oldest first."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_RULES)
        return [Rule(row["id"], LateFeeKind(row["kind"]), *list(row)[2:]) for row in rows]

    async def add_rule(self, row: Sequence[Any]) -> None:
        """Write a rule: values in the order of its columns."""
        await copy_tables(self._session, [TableRows(table_of(LateFeeRule), _RULE, [row])])

    async def find_rule(self, rule_id: UUID) -> asyncpg.Record | None:
        """The rule of that id."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_FIND, rule_id)

    async def page(self, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Rules by code, and how many there are."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_LIST, limit, offset)
        total = await connection.fetchval("SELECT count(*) FROM billing.late_fee_rules")
        return [dict(row) for row in rows], int(total)

    async def retire(self, rule_id: UUID) -> bool:
        """Let a rule charge nothing more; whether it was active."""
        connection = await driver_connection(self._session)
        return await connection.fetchval(_RETIRE, rule_id) is not None

    async def open_debts(self, now: datetime, after: UUID, limit: int) -> list[asyncpg.Record]:
        """Invoices overdue now, `limit` of them by id from `after` on."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_OPEN, now, after, limit)

    async def paid_debts(self, now: datetime, invoice_ids: Sequence[UUID]) -> list[asyncpg.Record]:
        """Those of these invoices that were paid after they were due."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_PAID, now, list(invoice_ids))

    async def hold(self, customer_ids: Sequence[UUID]) -> None:
        """Let nobody else charge these customers until the transaction ends."""
        connection = await driver_connection(self._session)
        await connection.execute(_HOLD, list(customer_ids))

    async def settled(self, invoice_ids: Sequence[UUID]) -> list[asyncpg.Record]:
        """What was taken off these invoices, and when."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_SETTLED, list(invoice_ids))

    async def charged(self, invoice_ids: Sequence[UUID]) -> list[asyncpg.Record]:
        """What each rule charged for these invoices, and up to when."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_CHARGED, list(invoice_ids))

    async def add(self, charges: Sequence[tuple[Any, ...]]) -> None:
        """Write charges: values in the order of their columns."""
        await copy_tables(self._session, [TableRows(table_of(LateFeeCharge), _CHARGE, charges)])

    async def of_invoice(self, invoice_id: UUID) -> list[dict[str, Any]]:
        """What was charged for an invoice being late."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_OF_INVOICE, invoice_id)]

    async def lines_of(self, invoice_id: UUID) -> list[UUID]:
        """The pending lines of what was charged for an invoice."""
        connection = await driver_connection(self._session)
        return [row[0] for row in await connection.fetch(_WAITING, invoice_id)]

    async def waive(self, row_id: UUID, invoice_id: UUID, reason: str, now: datetime) -> bool:
        """Charge nothing more for an invoice; whether that is new."""
        connection = await driver_connection(self._session)
        return await connection.fetchval(_WAIVE, row_id, invoice_id, reason, now) is not None
