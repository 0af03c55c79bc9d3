"""Reactions to what happens to documents whose tax a service worked out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.events import InvoiceVoided
from dotmac_billing.credit_notes.events import CreditNoteIssued
from dotmac_billing.invoicing.events import InvoiceIssued
from dotmac_billing.tax_filing.service import (
    commit_invoices,
    report_credit_notes,
    void_invoices,
)
from dotmac_core_events import EventConsumer


@EventConsumer.handle("billing.invoice_issued", batch=True)
async def on_invoices_issued(events: Sequence[InvoiceIssued], session: AsyncSession) -> None:
    """The tax is owed."""
    await commit_invoices(session, {event.invoice_id for event in events})


@EventConsumer.handle("billing.invoice_voided", batch=True)
async def on_invoices_made_void(events: Sequence[InvoiceVoided], session: AsyncSession) -> None:
    """The tax is not owed any more."""
    await void_invoices(session, {event.invoice_id for event in events})


@EventConsumer.handle("billing.credit_note_issued", batch=True)
async def on_credit_notes(events: Sequence[CreditNoteIssued], session: AsyncSession) -> None:
    """A part of the tax is not owed any more."""
    await report_credit_notes(session, {event.credit_note_id for event in events})
