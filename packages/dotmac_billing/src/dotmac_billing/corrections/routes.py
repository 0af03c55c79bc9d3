"""Decisions about `/invoices/{id}`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.schemas import (
    RecoveryIn,
    SendIn,
    UncollectibleIn,
    VoidIn,
    WriteOffIn,
)
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.receivables.repository import InvoiceReader
from dotmac_billing.receivables.schemas import InvoiceDetailOut
from dotmac_core_ops.database import Tx, clock_of, driver_connection
from dotmac_core_ops.http import Envelope, raw_json
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/invoices", tags=["Invoices"])

Voider = Annotated[Principal, Depends(requires("invoices:void"))]
Writer = Annotated[Principal, Depends(requires("invoices:write_off"))]
Sender = Annotated[Principal, Depends(requires("invoices:send"))]


@router.post(
    "/{invoice_id}/void", summary="Make an invoice void", response_model=Envelope[InvoiceDetailOut]
)
async def void_invoice(invoice_id: UUID, body: VoidIn, tx: Tx, _: Voider) -> Response:
    """Nothing is owed on it any more and its entry in the books is taken back.

    It keeps its number. Only an invoice on which nothing was paid or credited can be made void.
    With `rebill` its lines wait for the next invoice.
    """
    await CorrectionService(tx).void(invoice_id, body.reason, rebill=body.rebill)
    return await _read(tx, invoice_id)


@router.post(
    "/{invoice_id}/write-off",
    summary="Write off an invoice",
    response_model=Envelope[InvoiceDetailOut],
)
async def write_off_invoice(invoice_id: UUID, body: WriteOffIn, tx: Tx, _: Writer) -> Response:
    """Give up what is due on an invoice, or a part of it: it becomes bad debt.

    Above the limit for `write_off` a second person must agree first.
    """
    service = CorrectionService(tx)
    await service.write_off(
        invoice_id,
        body.reason,
        amount=body.amount,
        reclaim_tax=body.reclaim_tax,
        approval_id=body.approval_id,
    )
    return await _read(tx, invoice_id)


@router.post(
    "/{invoice_id}/recovery",
    summary="Recover a written-off invoice",
    response_model=Envelope[InvoiceDetailOut],
)
async def recover_invoice(invoice_id: UUID, body: RecoveryIn, tx: Tx, _: Writer) -> Response:
    """Let what had been given up be owed again, so that a payment of it can be recorded."""
    await CorrectionService(tx).recover(invoice_id, body.reason, body.amount)
    return await _read(tx, invoice_id)


@router.post(
    "/{invoice_id}/uncollectible",
    summary="Mark an invoice as uncollectible",
    response_model=Envelope[InvoiceDetailOut],
)
async def mark_invoice_uncollectible(
    invoice_id: UUID, body: UncollectibleIn, tx: Tx, _: Writer
) -> Response:
    """Nobody expects the money any more. It is still owed, and can still be paid."""
    await CorrectionService(tx).mark_uncollectible(invoice_id, body.reason)
    return await _read(tx, invoice_id)


@router.post(
    "/{invoice_id}/send", summary="Send an invoice", response_model=Envelope[InvoiceDetailOut]
)
async def send_invoice(invoice_id: UUID, body: SendIn, tx: Tx, _: Sender) -> Response:
    """Have the invoice sent to its customer: `billing.invoice_sent` is announced."""
    await CorrectionService(tx).send(invoice_id, body.to)
    return await _read(tx, invoice_id)


async def _read(tx: AsyncSession, invoice_id: UUID) -> Response:
    found = await InvoiceReader(await driver_connection(tx), clock_of(tx).now()).one(invoice_id)
    assert found is not None  # it was changed just now
    return raw_json(found.encode())
