"""Every query of credit notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.credit_notes.held import HeldLine, HeldTax
from dotmac_billing.credit_notes.models import (
    CreditNote,
    CreditNoteLine,
    CreditNoteRefund,
    CreditNoteTax,
)
from dotmac_billing.mapped_base import table_of
from dotmac_core_ops.database import TableRows, driver_connection

_NOTE = (
    *("id", "number", "series", "sequence", "invoice_id", "customer_id", "issued_on"),
    *("currency", "net", "tax", "total", "reason", "memo", "settled", "credited", "to_refund"),
    "created_at",
)
_LINE = (
    *("id", "credit_note_id", "position", "invoice_line_id", "description", "quantity"),
    *("unit_price", "units", "net", "tax_code", "tax_rate"),
)
_TAX = ("id", "credit_note_id", "invoice_tax_id", "net", "tax")
_REFUND = ("id", "customer_id", "currency", "amount", "paid")

# What later invoices, and lines that wait for one, take back of a line counts as well.
_HELD_LINES = """
SELECT l.id, l.position, l.description, l.quantity, l.unit_price, l.net, l.tax_code, l.tax_rate,
  coalesce(c.net, 0), coalesce(c.units, 0), coalesce(r.net, 0) + coalesce(w.amount, 0)
FROM billing.invoice_lines l
LEFT JOIN LATERAL (
  SELECT sum(n.net) AS net, sum(n.units) AS units FROM billing.credit_note_lines n
  WHERE n.invoice_line_id = l.id) c ON true
LEFT JOIN LATERAL (
  SELECT -sum(back.net) AS net FROM billing.invoice_lines back
  JOIN billing.invoice_balances b ON b.id = back.invoice_id AND b.status <> 'void'
  WHERE back.reverses_line_id = l.id) r ON true
LEFT JOIN LATERAL (
  SELECT -sum(p.amount) AS amount FROM billing.pending_lines p
  WHERE p.customer_id = $2 AND p.invoice_id IS NULL AND p.withdrawn_at IS NULL
    AND p.reverses_line_id = l.id) w ON true
WHERE l.invoice_id = $1 ORDER BY l.position
"""
_HELD_TAXES = """
SELECT t.id, coalesce(NULLIF(t.treatment, ''), t.tax_code), coalesce(t.line_rate, t.rate), t.net,
  t.tax,
  coalesce(c.net, 0), coalesce(c.tax, 0)
FROM billing.invoice_taxes t
LEFT JOIN LATERAL (
  SELECT sum(n.net) AS net, sum(n.tax) AS tax FROM billing.credit_note_taxes n
  WHERE n.invoice_tax_id = t.id) c ON true
WHERE t.invoice_id = $1 ORDER BY t.id
"""
_ADD_CREDITED = """
UPDATE billing.invoice_balances SET amount_credited = amount_credited + $2 WHERE id = $1
"""
_REFUND_LOCKED = "SELECT * FROM billing.credit_note_refunds WHERE id = $1 FOR NO KEY UPDATE"
_REFUND_PAID = """
UPDATE billing.credit_note_refunds SET paid = paid + $2, paid_on = $3, reference = $4 WHERE id = $1
"""
_FIND = """
SELECT n.*, i.number AS invoice_number, c.name AS customer_name,
  coalesce(f.paid, 0) AS refunded, f.paid_on AS refunded_on
FROM billing.credit_notes n
JOIN billing.invoices i ON i.tenant_id = n.tenant_id AND i.id = n.invoice_id
JOIN billing.customers c ON c.tenant_id = n.tenant_id AND c.id = n.customer_id
LEFT JOIN billing.credit_note_refunds f ON f.tenant_id = n.tenant_id AND f.id = n.id
"""
_LINES = """
SELECT id, position, invoice_line_id, description, quantity, unit_price, net, tax_code, tax_rate
FROM billing.credit_note_lines WHERE credit_note_id = $1 ORDER BY position
"""
_TAXES = """
SELECT t.tax_code, t.name, t.category, t.rate, n.net, n.tax
FROM billing.credit_note_taxes n
JOIN billing.invoice_taxes t ON t.tenant_id = n.tenant_id AND t.id = n.invoice_tax_id
WHERE n.credit_note_id = $1 ORDER BY t.tax_code, t.rate
"""
_WANTED = """
WHERE ($1::uuid IS NULL OR n.invoice_id = $1) AND ($2::uuid IS NULL OR n.customer_id = $2)
  AND ($3::date IS NULL OR n.issued_on >= $3) AND ($4::date IS NULL OR n.issued_on <= $4)
  AND ($5::text IS NULL OR n.reason = $5) AND ($6::text IS NULL OR n.currency = $6)
  AND ($7::text IS NULL OR starts_with(lower(n.number), lower($7)))
"""
SORTS = {
    "number": ("n.series", "n.sequence"),
    "issued_on": ("n.issued_on", "n.sequence"),
    "total": ("n.total", "n.sequence"),
}
"""What a list can be sorted by, and the columns of it."""


class NoteRows(NamedTuple):
    """Rows of a credit note in the order of the columns above; `refunds` may be empty."""

    notes: Sequence[tuple[Any, ...]]
    lines: Sequence[tuple[Any, ...]]
    taxes: Sequence[tuple[Any, ...]]
    refunds: Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class CreditNoteFilter:
    """None does not narrow; days are included; `q` begins a number."""

    invoice_id: UUID | None = None
    customer_id: UUID | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    reason: str | None = None
    currency: str | None = None
    q: str | None = None


def note_tables(rows: NoteRows) -> list[TableRows]:
    """What is written of a credit note, for `copy_tables`."""
    return [
        TableRows(table_of(CreditNote), _NOTE, rows.notes),
        TableRows(table_of(CreditNoteLine), _LINE, rows.lines),
        TableRows(table_of(CreditNoteTax), _TAX, rows.taxes),
        TableRows(table_of(CreditNoteRefund), _REFUND, rows.refunds),
    ]


class CreditNoteRepository:
    """Credit notes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def held(
        self, invoice_id: UUID, customer_id: UUID
    ) -> tuple[list[HeldLine], list[HeldTax]]:
        """Lines and taxes of the invoice with what was taken back of each."""
        connection = await driver_connection(self._session)
        lines = await connection.fetch(_HELD_LINES, invoice_id, customer_id)
        taxes = await connection.fetch(_HELD_TAXES, invoice_id)
        return [HeldLine(*row) for row in lines], [HeldTax(*row) for row in taxes]

    async def add_credited(self, invoice_id: UUID, amount: Decimal) -> None:
        """Note on the invoice's balance that that much more was credited."""
        connection = await driver_connection(self._session)
        await connection.execute(_ADD_CREDITED, invoice_id, amount)

    async def refund(self, credit_note_id: UUID) -> asyncpg.Record | None:
        """What is to be paid back for a credit note, held until commit; None when nothing is."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_REFUND_LOCKED, credit_note_id)

    async def refunded(
        self, credit_note_id: UUID, amount: Decimal, paid_on: date, reference: str | None
    ) -> None:
        """Note that `amount` was paid back."""
        connection = await driver_connection(self._session)
        await connection.execute(_REFUND_PAID, credit_note_id, amount, paid_on, reference)

    async def find(self, credit_note_id: UUID) -> dict[str, Any] | None:
        """A credit note with its lines and taxes."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(f"{_FIND} WHERE n.id = $1", credit_note_id)
        if row is None:
            return None
        lines = await connection.fetch(_LINES, credit_note_id)
        taxes = await connection.fetch(_TAXES, credit_note_id)
        return {
            **dict(row),
            "lines": [dict(line) for line in lines],
            "taxes": [dict(tax) for tax in taxes],
        }

    async def page(
        self, wanted: CreditNoteFilter, *, sort: str, descending: bool, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        """A page of the matching credit notes, and the number of all that match."""
        connection = await driver_connection(self._session)
        values = tuple(vars(wanted).values())
        way = "DESC" if descending else "ASC"
        ordered = ", ".join(f"{column} {way}" for column in SORTS[sort])
        rows = await connection.fetch(
            f"{_FIND} {_WANTED} ORDER BY {ordered} LIMIT $8 OFFSET $9", *values, limit, offset
        )
        total = await connection.fetchval(
            f"SELECT count(*) FROM billing.credit_notes n {_WANTED}",  # noqa: S608 (texts of our own)
            *values,
        )
        return [dict(row) for row in rows], int(total)
