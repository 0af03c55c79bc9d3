"""Reading `/invoices`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.filtering import SORTS, InvoiceFilter
from dotmac_billing.receivables.repository import InvoiceReader
from dotmac_billing.receivables.schemas import InvoiceDetailOut, InvoiceLineOut, InvoiceOut
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Db
from dotmac_core_ops.http import Envelope, Listing, PageParams, raw_json, sort_order
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/invoices", tags=["Invoices"])

Reader = Annotated[Principal, Depends(requires("invoices:read"))]


@router.get("", summary="List invoices", response_model=Listing[InvoiceOut])
async def list_invoices(
    *,
    db: Db,
    page: Annotated[PageParams, Depends()],
    principal: Reader,
    status: Annotated[InvoiceStatus | None, Query()] = None,
    customer_id: Annotated[UUID | None, Query()] = None,
    subscription_id: Annotated[UUID | None, Query()] = None,
    issued_from: Annotated[Day | None, Query(description="First day of issue.")] = None,
    issued_to: Annotated[Day | None, Query(description="Last day of issue.")] = None,
    due_before: Annotated[
        Day | None, Query(description="Not paid in full and due before that day.")
    ] = None,
    q: Annotated[str | None, Query(max_length=64, description="Beginning of the number.")] = None,
    sort: Annotated[
        str, Query(description="number, issued_on, due_on or total; - for descending.")
    ] = "-number",
) -> Response:
    """The tenant's invoices, newest first unless sorted otherwise."""
    field, descending = sort_order(sort, tuple(SORTS))
    wanted = InvoiceFilter(
        status, customer_id, subscription_id, issued_from, issued_to, due_before, q
    )
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection).page(
            wanted, sort=field, descending=descending, page=page.page, per_page=page.per_page
        )
    return raw_json(body.encode())


@router.get("/{invoice_id}", summary="Read an invoice", response_model=Envelope[InvoiceDetailOut])
async def read_invoice(invoice_id: UUID, db: Db, principal: Reader) -> Response:
    """One invoice with what is owed on it, its taxes and the ids of its lines."""
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection).one(invoice_id)
    if body is None:
        raise InvoiceNotFoundError(invoice_id)
    return raw_json(body.encode())


@router.get(
    "/{invoice_id}/lines",
    summary="Read an invoice's lines",
    response_model=Envelope[list[InvoiceLineOut]],
)
async def read_invoice_lines(invoice_id: UUID, db: Db, principal: Reader) -> Response:
    """The lines of one invoice, in their order."""
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection).lines(invoice_id)
    if body is None:
        raise InvoiceNotFoundError(invoice_id)
    return raw_json(body.encode())
