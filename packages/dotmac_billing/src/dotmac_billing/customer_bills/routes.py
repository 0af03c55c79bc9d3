"""`/customers/{id}/invoices`."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customer_bills.schemas import CustomerInvoiceOut
from dotmac_billing.customer_bills.service import bill_customer
from dotmac_billing.receivables.repository import InvoiceReader
from dotmac_billing.remote_tax.adapters.requests import worked_out
from dotmac_core_ops.database import clock_of, driver_connection
from dotmac_core_ops.http import Envelope
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/customers", tags=["Invoices"])


@router.post(
    "/{customer_id}/invoices",
    status_code=201,
    summary="Bill a customer now",
    response_model=Envelope[CustomerInvoiceOut],
)
async def bill_a_customer(
    customer_id: UUID,
    request: Request,
    principal: Annotated[Principal, Depends(requires("invoices:issue"))],
) -> dict[str, Any]:
    """Issue what is due of a customer by today, by the rule of the bill run, without a body.

    What waits for the next invoice is on it. A customer with several subscriptions that are billed
    apart gets several invoices: the first is shown, the ids of all are in `meta.invoice_ids`.
    """

    async def bill(tx: AsyncSession) -> tuple[list[UUID], str]:
        ids = await bill_customer(tx, customer_id)
        reader = InvoiceReader(await driver_connection(tx), clock_of(tx).now())
        found = await reader.one(ids[0])
        assert found is not None  # it was issued just now
        return ids, found

    ids, found = await worked_out(request, principal, bill)
    invoice = json.loads(found, parse_float=str, parse_int=str)["data"]
    return {
        "data": {**invoice, "amount": invoice["total"]},
        "meta": {"invoice_ids": [str(one) for one in ids]},
    }
