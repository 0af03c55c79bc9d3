"""What can be done: add to an issued invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.credit_notes.errors import CreditedLineUnknownError, InvoiceNotCreditableError
from dotmac_billing.credit_notes.repository import CreditNoteRepository
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_billing.receivables.states import InvoiceStatus


@dataclass(frozen=True, slots=True)
class LineDebit:
    """What is added to a line of the invoice, taxed as that line was; the price is before tax."""

    line_id: UUID
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    description: str | None = None


async def issue_debit_note(
    session: AsyncSession,
    invoice_id: UUID,
    lines: Sequence[LineDebit],
    *,
    issued_on: date | None = None,
    due_on: date | None = None,
) -> UUID:
    """Issue a debit note under the next number of its own series; its id.

    It is an invoice like any other: booked, owed, paid. Its lines bear the tax of the lines they
    add to, whatever the rates are by now.

    Raises:
        InvoiceNotFoundError: no such invoice.
        InvoiceNotCreditableError: the invoice is void.
        CreditedLineUnknownError: not a line of the invoice.
    """
    invoice = await ReceivablesRepository(session).hold(invoice_id)
    if invoice is None:
        raise InvoiceNotFoundError(invoice_id)
    if invoice.status is InvoiceStatus.VOID:
        raise InvoiceNotCreditableError(invoice.number)
    held, _ = await CreditNoteRepository(session).held(invoice.id, invoice.customer_id)
    of = {line.id: line for line in held}
    new = []
    for line in lines:
        if line.line_id not in of:
            raise CreditedLineUnknownError(line.line_id)
        text = line.description or of[line.line_id].description
        new.append(NewLine(text, line.quantity, line.unit_price, taxed_as=line.line_id))
    service = await InvoiceService.within(session)
    return await service.issue_manual(
        NewInvoice(
            invoice.customer_id,
            tuple(new),
            issued_on,
            due_on,
            currency=invoice.currency,
            corrects_id=invoice.id,
        )
    )
