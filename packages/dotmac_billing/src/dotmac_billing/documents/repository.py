"""Every query of documents: what invoices and credit notes say, and templates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.documents.models import DocumentTemplate
from dotmac_core_ops.database import driver_connection, new_id

# A party is the row itself, or the version of it that the invoice names once it has changed.
_PARTIES = """
CASE WHEN i.customer_version = c.version OR cv.id IS NULL
  THEN to_jsonb(c) - 'tenant_id' ELSE cv.data END AS buyer,
CASE WHEN i.seller_version = s.version OR sv.id IS NULL
  THEN to_jsonb(s) - 'tenant_id' ELSE sv.data END AS seller
"""
_VERSIONS = """
JOIN billing.customers c ON c.id = i.customer_id
CROSS JOIN billing.settings s
LEFT JOIN billing.party_versions cv
  ON cv.party = 'customer' AND cv.party_id = c.id AND cv.version = i.customer_version
LEFT JOIN billing.party_versions sv
  ON sv.party = 'seller' AND sv.party_id = s.id AND sv.version = i.seller_version
"""
# What paid it when it was issued is credit that was there before: its id is older. Instants do not
# tell, where a test clock stands still.
_INVOICE = f"""
SELECT i.id, i.kind, i.number, i.issued_on, i.due_on, i.period_start, i.period_end, i.currency,
  i.net, i.tax, i.total, i.tax_rounding, i.exchange_rate, b.status, b.amount_paid, b.amount_due,
  s.currency AS own_currency, o.number AS corrects, o.issued_on AS corrects_on,
  (SELECT coalesce(sum(a.amount), 0) FROM billing.payment_allocations a
   JOIN billing.payments p ON p.id = a.payment_id
   WHERE a.invoice_id = i.id AND p.id < i.id)
  + (SELECT coalesce(-sum(m.amount), 0) FROM billing.wallet_movements m
     WHERE m.invoice_id = i.id AND m.kind = 'drawn') AS paid_then,
  {_PARTIES}
FROM billing.invoices i
JOIN billing.invoice_balances b ON b.id = i.id
LEFT JOIN billing.invoices o ON o.id = i.corrects_id
{_VERSIONS}
WHERE i.id = $1
"""  # noqa: S608 - put together from the two texts above
_INVOICE_LINES = """
SELECT position, description, quantity, unit_price, net, gross, discount, tax_code, tax_rate,
  period_start, period_end, explanation
FROM billing.invoice_lines WHERE invoice_id = $1 ORDER BY position
"""
_INVOICE_TAXES = """
SELECT CASE treatment WHEN '' THEN tax_code ELSE treatment END AS treatment,
  coalesce(line_rate, rate) AS line_rate, coalesce(nullif(name, ''), tax_code) AS name, category,
  rate, net, tax, exemption_reason, exemption_code
FROM billing.invoice_taxes WHERE invoice_id = $1 ORDER BY id
"""
_CREDIT_NOTE = f"""
SELECT n.id, n.number, n.issued_on, n.currency, n.net, n.tax, n.total, n.memo, i.tax_rounding,
  i.exchange_rate, s.currency AS own_currency,
  i.number AS corrects, i.issued_on AS corrects_on, i.period_start, i.period_end,
  {_PARTIES}
FROM billing.credit_notes n
JOIN billing.invoices i ON i.id = n.invoice_id
{_VERSIONS}
WHERE n.id = $1
"""  # noqa: S608 - put together from the two texts above
_CREDIT_LINES = """
SELECT n.position, n.description, n.quantity, n.unit_price, n.net, NULL::numeric AS gross,
  0::numeric AS discount, n.tax_code, n.tax_rate, l.period_start, l.period_end,
  NULL::jsonb AS explanation
FROM billing.credit_note_lines n
JOIN billing.invoice_lines l ON l.id = n.invoice_line_id
WHERE n.credit_note_id = $1 ORDER BY n.position
"""
_CREDIT_TAXES = """
SELECT CASE t.treatment WHEN '' THEN t.tax_code ELSE t.treatment END AS treatment,
  coalesce(t.line_rate, t.rate) AS line_rate, coalesce(nullif(t.name, ''), t.tax_code) AS name,
  t.category, t.rate, n.net, n.tax, t.exemption_reason, t.exemption_code
FROM billing.credit_note_taxes n
JOIN billing.invoice_taxes t ON t.id = n.invoice_tax_id
WHERE n.credit_note_id = $1 ORDER BY t.id
"""

_ADDRESSES = """
SELECT p.scheme AS buyer_scheme, p.identifier AS buyer_identifier, p.buyer_reference,
  s.scheme AS seller_scheme, s.identifier AS seller_identifier
FROM (
  SELECT customer_id FROM billing.invoices WHERE id = $1
  UNION ALL
  SELECT i.customer_id FROM billing.credit_notes n
  JOIN billing.invoices i ON i.id = n.invoice_id WHERE n.id = $1
) document
LEFT JOIN billing.peppol_participants p ON p.customer_id = document.customer_id
LEFT JOIN billing.peppol_senders s ON true
"""
_KEEP_DRAWN = """
INSERT INTO billing.drawn_documents (id, tag, file_id, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, tag) DO UPDATE SET file_id = excluded.file_id
"""


class DocumentRepository:
    """Documents and templates of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def invoice(self, invoice_id: UUID) -> dict[str, Any] | None:
        """An invoice with both parties as they were; `paid_then` is what paid it when issued."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_INVOICE, invoice_id)
        return None if row is None else dict(row)

    async def invoice_lines(self, invoice_id: UUID) -> list[dict[str, Any]]:
        """The lines of an invoice in their order."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_INVOICE_LINES, invoice_id)]

    async def invoice_taxes(self, invoice_id: UUID) -> list[dict[str, Any]]:
        """The taxes of an invoice in the order they are charged."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_INVOICE_TAXES, invoice_id)]

    async def buyers(self, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
        """The rows of these customers as they are now."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            # Joined to the wanted ids, not compared with an array; see the payments' repository.
            "SELECT c.* FROM unnest($1::uuid[]) AS wanted(id) "
            "JOIN billing.customers c ON c.id = wanted.id",
            list(customer_ids),
        )
        return {row["id"]: dict(row) for row in rows}

    async def invoice_id(self, number: str) -> UUID | None:
        """The invoice with that number."""
        connection = await driver_connection(self._session)
        found: UUID | None = await connection.fetchval(
            "SELECT id FROM billing.invoices WHERE number = $1", number
        )
        return found

    async def credit_note(self, credit_note_id: UUID) -> dict[str, Any] | None:
        """A credit note with the parties of its invoice."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_CREDIT_NOTE, credit_note_id)
        return None if row is None else dict(row)

    async def credit_note_lines(self, credit_note_id: UUID) -> list[dict[str, Any]]:
        """The lines of a credit note in their order."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_CREDIT_LINES, credit_note_id)]

    async def credit_note_taxes(self, credit_note_id: UUID) -> list[dict[str, Any]]:
        """The taxes that a credit note takes back."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_CREDIT_TAXES, credit_note_id)]

    async def addresses(self, document_id: UUID) -> dict[str, str | None]:
        """Where the parties of an invoice or credit note are in the Peppol network now."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_ADDRESSES, document_id)
        return {} if row is None else dict(row)

    async def drawn(self, tag: str) -> UUID | None:
        """The file that was drawn with that tag."""
        connection = await driver_connection(self._session)
        found: UUID | None = await connection.fetchval(
            "SELECT file_id FROM billing.drawn_documents WHERE tag = $1", tag
        )
        return found

    async def keep_drawn(self, tag: str, file_id: UUID, now: datetime) -> None:
        """Remember the file; of two that are drawn at once the later one stays."""
        connection = await driver_connection(self._session)
        await connection.execute(_KEEP_DRAWN, new_id(), tag, file_id, now)

    async def template(self, code: str | None) -> DocumentTemplate | None:
        """The template of that code, or the default one for None."""
        wanted = (
            DocumentTemplate.is_default.is_(True) if code is None else DocumentTemplate.code == code
        )
        return (
            await self._session.execute(sa.select(DocumentTemplate).where(wanted))
        ).scalar_one_or_none()

    async def template_by_id(
        self, template_id: UUID, *, locked: bool = False
    ) -> DocumentTemplate | None:
        """The template of that id; with `locked`, nobody else changes it meanwhile."""
        statement = sa.select(DocumentTemplate).where(DocumentTemplate.id == template_id)
        if locked:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def templates(self) -> list[DocumentTemplate]:
        """All templates by their codes; a tenant has a handful."""
        statement = sa.select(DocumentTemplate).order_by(DocumentTemplate.code)
        return list((await self._session.execute(statement)).scalars())

    async def clear_default(self) -> None:
        """Let no template be the default one."""
        await self._session.execute(
            sa.update(DocumentTemplate)
            .where(DocumentTemplate.is_default.is_(True))
            .values(is_default=False, version=DocumentTemplate.version + 1)
        )

    def add(self, template: DocumentTemplate) -> None:
        """Keep a new template."""
        self._session.add(template)

    async def remove(self, template: DocumentTemplate) -> None:
        """Forget a template."""
        await self._session.delete(template)
