"""Reactions of late fees to payments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.late_fees.service import LateFeeService
from dotmac_billing.payments.events import InvoicePaid
from dotmac_core_events import EventConsumer


@EventConsumer.handle("billing.invoice_paid", batch=True)
async def on_late_payments(events: Sequence[InvoicePaid], session: AsyncSession) -> None:
    """Interest of the month in which an overdue invoice was paid, up to the day it was."""
    await LateFeeService(session).charge_paid([event.invoice_id for event in events])
