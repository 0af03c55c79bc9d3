"""Reactions of wallets to what happens to the invoices of their top-ups."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.payments.events import InvoicePaid
from dotmac_billing.wallets.service import settle_top_ups
from dotmac_core_events import EventConsumer


@EventConsumer.handle("billing.invoice_paid", batch=True)
async def on_invoices_paid(events: Sequence[InvoicePaid], session: AsyncSession) -> None:
    """Credit that was invoiced can be used once the invoice is paid."""
    await settle_top_ups(session, [event.invoice_id for event in events])
