"""Every query of drafts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.models import Customer
from dotmac_billing.drafts.models import InvoiceDraft
from dotmac_billing.drafts.states import DraftStatus
from dotmac_core_ops.database import driver_connection

_LINES = """
SELECT l.description, l.quantity, l.unit_price, l.net, l.discount,
  CASE WHEN p.id IS NULL THEN l.tax_code ELSE p.tax_code END AS tax_code
FROM billing.invoice_lines l
LEFT JOIN billing.price_components p ON p.tenant_id = l.tenant_id AND p.id = l.component_id
WHERE l.invoice_id = $1 ORDER BY l.position
"""
_INVOICE = "SELECT customer_id, currency FROM billing.invoices WHERE id = $1"


class DraftRepository:
    """Drafts of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, draft: InvoiceDraft) -> None:
        """Write a draft with the next flush."""
        self._session.add(draft)

    async def flush(self) -> None:
        """Write now what was added and changed."""
        await self._session.flush()  # the answer is read back in the same request

    async def find(self, draft_id: UUID, *, locked: bool = False) -> InvoiceDraft | None:
        """The draft of that id; with `locked`, nobody else changes it meanwhile."""
        statement = sa.select(InvoiceDraft).where(InvoiceDraft.id == draft_id)
        if locked:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def currency(self, customer_id: UUID) -> str | None:
        """The customer's currency; None when there is no such customer."""
        statement = sa.select(Customer.currency).where(Customer.id == customer_id)
        found: str | None = await self._session.scalar(statement)
        return found

    async def page(
        self, status: DraftStatus | None, customer_id: UUID | None, limit: int, offset: int
    ) -> tuple[list[InvoiceDraft], int]:
        """Drafts, newest first, and how many there are."""
        wanted = [
            *([InvoiceDraft.status == status] if status else []),
            *([InvoiceDraft.customer_id == customer_id] if customer_id else []),
        ]
        rows = await self._session.scalars(
            sa.select(InvoiceDraft)
            .where(*wanted)
            .order_by(InvoiceDraft.created_at.desc(), InvoiceDraft.id.desc())
            .limit(limit)
            .offset(offset)
        )
        count = sa.select(sa.func.count()).select_from(InvoiceDraft).where(*wanted)
        return list(rows), int(await self._session.scalar(count) or 0)

    async def invoice(self, invoice_id: UUID) -> tuple[UUID, str, list[dict[str, Any]]] | None:
        """Customer, currency and lines of an issued invoice."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_INVOICE, invoice_id)
        if row is None:
            return None
        lines = await connection.fetch(_LINES, invoice_id)
        return row["customer_id"], row["currency"], [dict(line) for line in lines]
