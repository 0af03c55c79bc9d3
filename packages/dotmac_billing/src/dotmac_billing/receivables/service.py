"""What others ask about receivables."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.receivables.owed import OpenInvoice
from dotmac_billing.receivables.repository import ReceivablesRepository


async def open_invoices(session: AsyncSession) -> list[OpenInvoice]:
    """The tenant's invoices that are not paid in full, oldest first."""
    rows = await ReceivablesRepository(session).all_open()
    return [OpenInvoice(*row) for row in rows]
