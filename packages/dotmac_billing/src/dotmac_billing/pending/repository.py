"""Queries of lines that wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.pending.models import WAITS, PendingLine
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

COLUMNS = (
    *("id", "customer_id", "subscription_id", "kind", "description", "quantity", "unit_price"),
    *("amount", "currency", "bill_from", "component_id", "item_id", "period_start", "period_end"),
    *("tax_code", "includes_tax", "reverses_line_id", "explanation", "own_off"),
    "created_at",
)

# Discounts and wallets may be for a plan or a component only.
_READ = f"""
SELECT {", ".join(f"p.{name}" for name in COLUMNS if name != "explanation")},
  p.explanation::text AS explanation, c.code AS component_code, v.plan_id
FROM billing.pending_lines p
LEFT JOIN billing.price_components c ON c.tenant_id = p.tenant_id AND c.id = p.component_id
LEFT JOIN billing.plan_versions v ON v.tenant_id = c.tenant_id AND v.id = c.plan_version_id
"""  # noqa: S608 (names of our own; so below as well)
_WAITS = " AND ".join(f"p.{part}" for part in WAITS.split(" AND "))
_OF_SUBSCRIPTIONS = f"""
{_READ} JOIN unnest($1::uuid[]) AS wanted(id) ON p.subscription_id = wanted.id
WHERE {_WAITS} AND p.bill_from <= $2 ORDER BY p.id
"""
_OF_CUSTOMERS = f"""
{_READ} JOIN unnest($1::uuid[]) AS wanted(id) ON p.customer_id = wanted.id
WHERE {_WAITS} AND p.bill_from <= $2 AND p.subscription_id IS NULL ORDER BY p.id
"""
# SKIP LOCKED: somebody else is putting it on an invoice.
_HELD = " FOR NO KEY UPDATE OF p SKIP LOCKED"
_BILLED = """
UPDATE billing.pending_lines p SET invoice_id = b.invoice_id, position = b.position
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS b(id, invoice_id, position) WHERE p.id = b.id
"""
_RELEASE = """
WITH was AS (
  SELECT id, position FROM billing.pending_lines
  WHERE invoice_id = $1 AND (position IS NOT NULL OR NOT $2)
)
UPDATE billing.pending_lines p SET invoice_id = NULL, position = NULL
FROM was WHERE p.id = was.id RETURNING was.position
"""
_WITHDRAW = f"""
UPDATE billing.pending_lines p SET withdrawn_at = $2
FROM unnest($1::uuid[]) AS wanted(id) WHERE p.id = wanted.id AND {_WAITS}
RETURNING p.id
"""  # noqa: S608 (texts of our own)


class PendingRepository:
    """Pending lines of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows with values in the order of `COLUMNS`."""
        await copy_tables(self._session, [TableRows(table_of(PendingLine), COLUMNS, rows)])

    async def waiting(
        self,
        subscription_ids: Collection[UUID],
        customer_ids: Collection[UUID],
        on: date,
        *,
        hold: bool,
    ) -> list[dict[str, Any]]:
        """Lines of these subscriptions, and of these customers without any, to be billed by then.

        With `hold` nobody else can bill them until the transaction ends.
        """
        connection = await driver_connection(self._session)
        held = _HELD if hold else ""
        own = await connection.fetch(_OF_SUBSCRIPTIONS + held, list(subscription_ids), on)
        alone = await connection.fetch(_OF_CUSTOMERS + held, list(customer_ids), on)
        return [dict(row) for row in (*own, *alone)]

    async def billed(self, lines: Sequence[tuple[UUID, UUID, int]]) -> None:
        """Note the invoice that each line is on, and where (line, invoice, position)."""
        connection = await driver_connection(self._session)
        await connection.execute(_BILLED, *zip(*lines, strict=True))

    async def release(self, invoice_id: UUID, *, only_known: bool) -> set[int]:
        """Let the lines of an invoice wait again; the positions that are known."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_RELEASE, invoice_id, only_known)
        return {row["position"] for row in rows if row["position"] is not None}

    async def withdraw(self, line_ids: Collection[UUID], at: datetime) -> list[UUID]:
        """Let lines not be billed; those that were waiting."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_WITHDRAW, list(line_ids), at)
        return [row["id"] for row in rows]
