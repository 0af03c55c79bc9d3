"""Reactions to documents that are issued, and to invoices that are made void."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.events import InvoiceVoided
from dotmac_billing.credit_notes.events import CreditNoteIssued
from dotmac_billing.invoicing.events import InvoiceIssued
from dotmac_billing.peppol.service import give_up_void, queue_credit_notes, queue_invoices
from dotmac_core_events import EventConsumer


@EventConsumer.handle("billing.invoice_issued", batch=True)
async def on_invoices_to_send(events: Sequence[InvoiceIssued], session: AsyncSession) -> None:
    """Queue them for customers in the network; what is made afterwards for the books is not."""
    await queue_invoices(session, {event.invoice_id for event in events if not event.historical})


@EventConsumer.handle("billing.credit_note_issued", batch=True)
async def on_credit_notes_to_send(
    events: Sequence[CreditNoteIssued], session: AsyncSession
) -> None:
    """Queue them for customers in the network."""
    await queue_credit_notes(session, {event.credit_note_id for event in events})


@EventConsumer.handle("billing.invoice_voided", batch=True)
async def on_void_invoices_waiting(events: Sequence[InvoiceVoided], session: AsyncSession) -> None:
    """What still waits is not sent."""
    await give_up_void(session, {event.invoice_id for event in events})
