"""`/invoice-drafts`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.drafts.repository import DraftRepository
from dotmac_billing.drafts.schemas import DraftCopyIn, InvoiceDraftIn, InvoiceDraftOut
from dotmac_billing.drafts.service import DraftService
from dotmac_billing.drafts.states import DraftStatus
from dotmac_billing.receivables.repository import InvoiceReader
from dotmac_billing.receivables.schemas import InvoiceDetailOut
from dotmac_core_ops.database import Tx, clock_of, driver_connection
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    raw_json,
    require_match,
)
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/invoice-drafts", tags=["Invoice drafts"])

Reader = Annotated[Principal, Depends(requires("invoices:read"))]
Drafter = Annotated[Principal, Depends(requires("invoices:draft"))]
Issuer = Annotated[Principal, Depends(requires("invoices:issue"))]


@router.post(
    "", status_code=201, summary="Draft an invoice", response_model=Envelope[InvoiceDraftOut]
)
async def draft_invoice(body: InvoiceDraftIn, tx: Tx, _: Drafter) -> dict[str, Any]:
    """Write an invoice by hand and keep it: it has no number and nothing of it is owed."""
    service = DraftService(tx)
    return enveloped(await service.shown(await service.write(body.new_invoice(), body.memo)))


@router.post(
    "/copies",
    status_code=201,
    summary="Copy an invoice to a draft",
    response_model=Envelope[InvoiceDraftOut],
)
async def copy_invoice(body: DraftCopyIn, tx: Tx, _: Drafter) -> dict[str, Any]:
    """A draft with the lines of an issued invoice, before their discounts."""
    service = DraftService(tx)
    return enveloped(await service.shown(await service.copy(body.invoice_id)))


@router.get("", summary="List invoice drafts", response_model=Listing[InvoiceDraftOut])
async def list_invoice_drafts(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    status: Annotated[DraftStatus | None, Query()] = None,
    customer_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """The tenant's drafts, newest first, with those that were issued or discarded."""
    rows, total = await DraftRepository(tx).page(status, customer_id, page.per_page, page.offset)
    service = DraftService(tx)
    return listing([await service.shown(row) for row in rows], page, total)


@router.get(
    "/{draft_id}", summary="Read an invoice draft", response_model=Envelope[InvoiceDraftOut]
)
async def read_invoice_draft(
    draft_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One draft; its `ETag` is needed to change it."""
    service = DraftService(tx)
    draft = await service.get(draft_id)
    response.headers["etag"] = etag_of(draft.version)
    return enveloped(await service.shown(draft))


@router.put(
    "/{draft_id}", summary="Change an invoice draft", response_model=Envelope[InvoiceDraftOut]
)
async def change_invoice_draft(
    *,
    draft_id: UUID,
    body: InvoiceDraftIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Drafter,
) -> dict[str, Any]:
    """Needs `If-Match` with the version that was read. All of the draft is replaced."""
    service = DraftService(tx)
    draft = await service.locked(draft_id)
    require_match(request, draft.version)
    changed = await service.change(draft, body.new_invoice(), body.memo)
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(await service.shown(changed))


@router.delete(
    "/{draft_id}", summary="Discard an invoice draft", response_model=Envelope[InvoiceDraftOut]
)
async def discard_invoice_draft(draft_id: UUID, tx: Tx, _: Drafter) -> dict[str, Any]:
    """It comes to nothing; it can still be read."""
    service = DraftService(tx)
    return enveloped(await service.shown(await service.discard(await service.locked(draft_id))))


@router.post(
    "/{draft_id}/issue",
    status_code=201,
    summary="Issue an invoice draft",
    response_model=Envelope[InvoiceDetailOut],
)
async def issue_invoice_draft(draft_id: UUID, tx: Tx, _: Issuer) -> Response:
    """Issue it as it is: it gets the next number, is taxed, booked, and takes credit."""
    service = DraftService(tx)
    invoice_id = await service.issue(await service.locked(draft_id))
    reader = InvoiceReader(await driver_connection(tx), clock_of(tx).now())
    issued = await reader.one(invoice_id)
    assert issued is not None  # it was issued just now
    return raw_json(issued.encode(), status=201)
