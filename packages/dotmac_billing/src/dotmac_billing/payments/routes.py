"""`/payments`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.payments.credit import PaymentKind
from dotmac_billing.payments.repository import PaymentFilter, PaymentReader
from dotmac_billing.payments.schemas import PaymentIn, PaymentOut
from dotmac_billing.payments.service import PaymentService
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing, sort_order
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/payments", tags=["Payments"])

Reader = Annotated[Principal, Depends(requires("payments:read"))]


@router.post("", status_code=201, summary="Record a payment", response_model=Envelope[PaymentOut])
async def record_payment(
    body: PaymentIn, tx: Tx, _: Annotated[Principal, Depends(requires("payments:record"))]
) -> dict[str, Any]:
    """Record money that came in and have it pay invoices."""
    return enveloped(await PaymentService(tx).record_or_find(body.new_payment()))


@router.get("", summary="List payments", response_model=Listing[PaymentOut])
async def list_payments(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    customer_id: Annotated[UUID | None, Query()] = None,
    received_from: Annotated[Day | None, Query(description="First day.")] = None,
    received_to: Annotated[Day | None, Query(description="Last day.")] = None,
    kind: Annotated[PaymentKind, Query()] = PaymentKind.PAYMENT,
    sort: Annotated[str, Query(description="received_on; - for descending.")] = "-received_on",
) -> dict[str, Any]:
    """The tenant's payments, or credits of another kind, with the invoices they pay."""
    descending = sort_order(sort, ("received_on",))[1]
    rows, total = await PaymentReader(tx).page(
        PaymentFilter(customer_id, received_from, received_to, kind),
        descending=descending,
        limit=page.per_page,
        offset=page.offset,
    )
    return listing(rows, page, total)


@router.get("/{payment_id}", summary="Read a payment", response_model=Envelope[PaymentOut])
async def read_payment(payment_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One payment with the invoices it pays."""
    return enveloped(await PaymentService(tx).get(payment_id))
