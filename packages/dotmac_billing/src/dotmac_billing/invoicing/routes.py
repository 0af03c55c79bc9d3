"""Making `/invoices` by hand, and `/subscriptions/{id}/preview`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.invoicing.schemas import InvoiceIn, PreviewIn, PreviewOut, shown_draft
from dotmac_billing.invoicing.service import InvoiceService, preview
from dotmac_billing.receivables.repository import InvoiceReader
from dotmac_billing.receivables.schemas import InvoiceDetailOut
from dotmac_billing.remote_tax.adapters.requests import worked_out
from dotmac_core_ops.database import Tx, clock_of, driver_connection
from dotmac_core_ops.http import Envelope, enveloped, raw_json
from dotmac_core_ops.principal import Principal, requires

invoices_router = APIRouter(prefix="/invoices", tags=["Invoices"])
preview_router = APIRouter(prefix="/subscriptions", tags=["Subscriptions"])


@invoices_router.post(
    "", status_code=201, summary="Issue an invoice", response_model=Envelope[InvoiceDetailOut]
)
async def issue_invoice(
    body: InvoiceIn,
    request: Request,
    principal: Annotated[Principal, Depends(requires("invoices:issue"))],
) -> Response:
    """Issue an invoice made by hand: it gets the next number, is booked and takes credit."""

    async def issue(tx: AsyncSession) -> str:
        service = await InvoiceService.within(tx)
        invoice_id = await service.issue_manual(body.new_invoice())
        reader = InvoiceReader(await driver_connection(tx), clock_of(tx).now())
        issued = await reader.one(invoice_id)
        assert issued is not None
        return issued

    return raw_json((await worked_out(request, principal, issue)).encode(), status=201)


@preview_router.post(
    "/{subscription_id}/preview",
    summary="Preview a subscription's next invoices",
    response_model=Envelope[list[PreviewOut]],
)
async def preview_subscription(
    subscription_id: UUID,
    body: PreviewIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("subscriptions:read"))],
) -> dict[str, Any]:
    """What the next bill runs would charge, by the same rule; nothing is written."""
    to_come = await preview(tx, subscription_id, periods=body.periods)
    return enveloped([shown_draft(draft) for draft in to_come])
