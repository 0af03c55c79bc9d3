"""Reading `/invoices`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.filtering import SORTS, InvoiceFilter
from dotmac_billing.receivables.repository import InvoiceReader, ReceivablesRepository
from dotmac_billing.receivables.schemas import (
    InvoiceDetailOut,
    InvoiceLineOut,
    InvoiceOut,
    InvoiceTotalsOut,
    NextNumberIn,
    SeriesOut,
)
from dotmac_billing.receivables.service import raise_next_number
from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus
from dotmac_billing.settings.number_format import SeriesKind
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    raw_json,
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/invoices", tags=["Invoices"])
series_router = APIRouter(prefix="/billing/number-series", tags=["Billing settings"])

Total = Annotated[Decimal, Field(max_digits=19, decimal_places=4)]
Reader = Annotated[Principal, Depends(requires("invoices:read"))]


def invoice_filter(
    *,
    status: Annotated[InvoiceStatus | None, Query(description="As of today.")] = None,
    outstanding: Annotated[bool | None, Query(description="Whether something is due.")] = None,
    customer_id: Annotated[UUID | None, Query()] = None,
    subscription_id: Annotated[UUID | None, Query()] = None,
    run_id: Annotated[UUID | None, Query(description="The bill run that made it.")] = None,
    kind: Annotated[InvoiceKind | None, Query()] = None,
    currency: Annotated[CurrencyCode | None, Query()] = None,
    issued_from: Annotated[Day | None, Query(description="First day of issue.")] = None,
    issued_to: Annotated[Day | None, Query(description="Last day of issue.")] = None,
    due_from: Annotated[Day | None, Query(description="First due date.")] = None,
    due_to: Annotated[Day | None, Query(description="Last due date.")] = None,
    due_before: Annotated[
        Day | None, Query(description="Not paid in full and due before that day.")
    ] = None,
    total_from: Annotated[Total | None, Query(description="Smallest total.")] = None,
    total_to: Annotated[Total | None, Query(description="Largest total.")] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=64, description="Beginning of the number or of the customer's code, name."
        ),
    ] = None,
) -> InvoiceFilter:
    """The filters of lists, exports and totals of invoices."""
    return InvoiceFilter(
        status=status,
        outstanding=outstanding,
        customer_id=customer_id,
        subscription_id=subscription_id,
        run_id=run_id,
        kind=kind,
        currency=currency,
        issued_from=issued_from,
        issued_to=issued_to,
        due_from=due_from,
        due_to=due_to,
        due_before=due_before,
        total_from=total_from,
        total_to=total_to,
        q=q,
    )


Wanted = Annotated[InvoiceFilter, Depends(invoice_filter)]
Sort = Annotated[str, Query(description="number, issued_on, due_on or total; - for descending.")]


@router.get("", summary="List invoices", response_model=Listing[InvoiceOut])
async def list_invoices(
    *,
    db: Db,
    page: Annotated[PageParams, Depends()],
    principal: Reader,
    wanted: Wanted,
    sort: Sort = "-number",
) -> Response:
    """The tenant's invoices, newest first unless sorted otherwise."""
    field, descending = sort_order(sort, tuple(SORTS))
    now = (await db.tenant_clock(principal.tenant_id)).now()
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection, now).page(
            wanted, sort=field, descending=descending, page=page.page, per_page=page.per_page
        )
    return raw_json(body.encode())


@router.get(
    "/totals",
    summary="Sum up invoices",
    response_model=Envelope[list[InvoiceTotalsOut]],
)
async def sum_up_invoices(db: Db, principal: Reader, wanted: Wanted) -> dict[str, Any]:
    """Number and sums of all invoices that match the filters of the list, by currency."""
    now = (await db.tenant_clock(principal.tenant_id)).now()
    async with db.read(principal.tenant_id) as connection:
        rows = await InvoiceReader(connection, now).totals(wanted)
    return enveloped([dict(row) for row in rows])


@router.get(
    "/export",
    summary="Export invoices",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_invoices(
    db: Db, principal: Reader, wanted: Wanted, sort: Sort = "number"
) -> Response:
    """All invoices that match the filters of the list, as CSV in UTF-8 with a line of headings.

    Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    field, descending = sort_order(sort, tuple(SORTS))
    now = (await db.tenant_clock(principal.tenant_id)).now()
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection, now).csv(wanted, sort=field, descending=descending)
    return Response(
        body,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="invoices.csv"'},
    )


@router.get("/{invoice_id}", summary="Read an invoice", response_model=Envelope[InvoiceDetailOut])
async def read_invoice(invoice_id: UUID, db: Db, principal: Reader) -> Response:
    """One invoice with what is owed on it, its taxes and the ids of its lines."""
    now = (await db.tenant_clock(principal.tenant_id)).now()
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection, now).one(invoice_id)
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
    now = (await db.tenant_clock(principal.tenant_id)).now()
    async with db.read(principal.tenant_id) as connection:
        body = await InvoiceReader(connection, now).lines(invoice_id)
    if body is None:
        raise InvoiceNotFoundError(invoice_id)
    return raw_json(body.encode())


@series_router.get("", summary="List series of numbers", response_model=Envelope[list[SeriesOut]])
async def list_number_series(
    tx: Tx, _: Annotated[Principal, Depends(requires("billing:read"))]
) -> dict[str, Any]:
    """Every series that documents were numbered in, with the number that comes next."""
    return enveloped([dict(row) for row in await ReceivablesRepository(tx).all_series()])


@series_router.put(
    "/{kind}", summary="Raise the next number", response_model=Envelope[list[SeriesOut]]
)
async def raise_number_series(
    kind: SeriesKind,
    body: NextNumberIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("billing:write"))],
) -> dict[str, Any]:
    """Go on with the numbers of another system. A number can be raised, never lowered."""
    await raise_next_number(tx, kind, body.next_number, body.year)
    return enveloped([dict(row) for row in await ReceivablesRepository(tx).all_series()])
