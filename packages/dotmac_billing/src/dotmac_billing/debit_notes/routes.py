"""`/debit-notes`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from dotmac_billing.debit_notes.schemas import DebitNoteIn
from dotmac_billing.debit_notes.service import issue_debit_note
from dotmac_billing.receivables.repository import InvoiceReader
from dotmac_billing.receivables.schemas import InvoiceDetailOut
from dotmac_core_ops.database import Tx, clock_of, driver_connection
from dotmac_core_ops.http import Envelope, raw_json
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/debit-notes", tags=["Credit notes"])


@router.post(
    "", status_code=201, summary="Issue a debit note", response_model=Envelope[InvoiceDetailOut]
)
async def issue_a_debit_note(
    body: DebitNoteIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("credit_notes:issue"))],
) -> Response:
    """Add to an issued invoice, by an invoice of its own series that names it.

    It is among the invoices with kind `debit_note`, and its lines are taxed as those they add to.
    """
    invoice_id = await issue_debit_note(
        tx,
        body.invoice_id,
        [line.line_debit() for line in body.lines],
        issued_on=body.issued_on,
        due_on=body.due_on,
    )
    reader = InvoiceReader(await driver_connection(tx), clock_of(tx).now())
    issued = await reader.one(invoice_id)
    assert issued is not None  # it was issued just now
    return raw_json(issued.encode(), status=201)
