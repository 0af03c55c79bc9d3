"""Reactions to what happens to the invoices of top-ups, and to wallets that run low."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.events import InvoiceVoided
from dotmac_billing.credit_notes.events import CreditNoteIssued
from dotmac_billing.payments.events import InvoicePaid
from dotmac_billing.top_ups.service import settle_top_ups, take_back_top_ups, top_up_wallets
from dotmac_billing.wallets.events import WalletLow
from dotmac_core_events import EventConsumer


@EventConsumer.handle("billing.invoice_paid", batch=True)
async def on_invoices_paid(events: Sequence[InvoicePaid], session: AsyncSession) -> None:
    """Credit that was invoiced can be used once the invoice is paid."""
    await settle_top_ups(session, {event.invoice_id for event in events})


@EventConsumer.handle("billing.invoice_voided", batch=True)
async def on_invoices_voided(events: Sequence[InvoiceVoided], session: AsyncSession) -> None:
    """Credit whose invoice is void is void as well."""
    await take_back_top_ups(session, {event.invoice_id for event in events})


@EventConsumer.handle("billing.credit_note_issued", batch=True)
async def on_credit_notes_issued(events: Sequence[CreditNoteIssued], session: AsyncSession) -> None:
    """Of credit whose invoice was credited, as much is taken back."""
    await take_back_top_ups(session, {event.invoice_id for event in events})


@EventConsumer.handle("billing.wallet_low", batch=True)
async def on_wallets_low(events: Sequence[WalletLow], session: AsyncSession) -> None:
    """Top up at once the wallets that want to be."""
    ids = {event.wallet_id for event in events}
    await top_up_wallets(session, ids, most=len(ids))
