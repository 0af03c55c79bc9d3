"""`/credit-notes`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.repository import SORTS, CreditNoteFilter, CreditNoteRepository
from dotmac_billing.credit_notes.schemas import (
    CreditNoteDetailOut,
    CreditNoteIn,
    CreditNoteOut,
    CreditNotePreviewOut,
    RefundIn,
)
from dotmac_billing.credit_notes.service import CreditNoteService
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing, sort_order
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/credit-notes", tags=["Credit notes"])

Reader = Annotated[Principal, Depends(requires("credit_notes:read"))]
Issuer = Annotated[Principal, Depends(requires("credit_notes:issue"))]


@router.post(
    "",
    status_code=201,
    summary="Issue a credit note",
    response_model=Envelope[CreditNoteDetailOut],
)
async def issue_a_credit_note(body: CreditNoteIn, tx: Tx, _: Issuer) -> dict[str, Any]:
    """Take back an invoice, some of its lines, or an amount; never more than it still holds.

    It gets the next number of its own series, is booked, settles what is due on the invoice, and
    what is left over becomes the customer's credit or is noted to be paid back. Above the limit for
    `credit_note` a second person must agree first.
    """
    service = CreditNoteService(tx)
    return enveloped(await service.get(await service.issue(body.new_credit_note())))


@router.post(
    "/preview",
    summary="Preview a credit note",
    response_model=Envelope[CreditNotePreviewOut],
)
async def preview_a_credit_note(body: CreditNoteIn, tx: Tx, _: Reader) -> dict[str, Any]:
    """What the credit note would take back, by the same rule; nothing is written."""
    plan = await CreditNoteService(tx).plan(body.new_credit_note())
    lines = [
        {
            **one.line._asdict(),
            "invoice_line_id": one.line.id,
            "quantity": one.quantity,
            "unit_price": one.unit_price,
            "net": one.net,
        }
        for one in plan.credited.lines
    ]
    return enveloped(
        {
            "invoice_id": plan.invoice.id,
            "issued_on": plan.issued_on,
            "currency": plan.invoice.currency,
            "net": plan.credited.net,
            "tax": plan.credited.tax,
            "total": plan.credited.total,
            "settled": plan.settled,
            "credited": plan.to_credit,
            "to_refund": plan.to_refund,
            "lines": lines,
        }
    )


@router.get("", summary="List credit notes", response_model=Listing[CreditNoteOut])
async def list_credit_notes(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    invoice_id: Annotated[UUID | None, Query()] = None,
    customer_id: Annotated[UUID | None, Query()] = None,
    issued_from: Annotated[Day | None, Query(description="First day of issue.")] = None,
    issued_to: Annotated[Day | None, Query(description="Last day of issue.")] = None,
    reason: Annotated[CreditReason | None, Query()] = None,
    currency: Annotated[CurrencyCode | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=64, description="Beginning of the number.")] = None,
    sort: Annotated[
        str, Query(description="number, issued_on or total; - for descending.")
    ] = "-number",
) -> dict[str, Any]:
    """The tenant's credit notes, newest first unless sorted otherwise."""
    field, descending = sort_order(sort, tuple(SORTS))
    wanted = CreditNoteFilter(
        invoice_id,
        customer_id,
        issued_from,
        issued_to,
        None if reason is None else reason.value,
        currency,
        q,
    )
    rows, total = await CreditNoteRepository(tx).page(
        wanted, sort=field, descending=descending, limit=page.per_page, offset=page.offset
    )
    return listing(rows, page, total)


@router.get(
    "/{credit_note_id}",
    summary="Read a credit note",
    response_model=Envelope[CreditNoteDetailOut],
)
async def read_credit_note(credit_note_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One credit note with its lines and taxes."""
    return enveloped(await CreditNoteService(tx).get(credit_note_id))


@router.post(
    "/{credit_note_id}/refunds",
    status_code=201,
    summary="Note that a credit note was paid back",
    response_model=Envelope[CreditNoteDetailOut],
)
async def pay_back_a_credit_note(
    credit_note_id: UUID, body: RefundIn, tx: Tx, _: Issuer
) -> dict[str, Any]:
    """Book money that went back to the customer; no more than the credit note left to be paid.

    Above the limit for `refund` a second person must agree first.
    """
    service = CreditNoteService(tx)
    await service.pay_back(
        credit_note_id,
        body.amount,
        body.paid_on,
        body.reference,
        approval_id=body.approval_id,
    )
    return enveloped(await service.get(credit_note_id))
