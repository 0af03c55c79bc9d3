"""`/billing/customers`. They are opened by the platform when a customer's profile is created."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.customers.repository import SORTS, CustomerFilter, CustomerRepository
from dotmac_billing.customers.schemas import BillingCustomerIn, BillingCustomerOut
from dotmac_billing.customers.service import CustomerService
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/billing/customers", tags=["Billing customers"])


@router.get("", summary="List billing customers", response_model=Listing[BillingCustomerOut])
async def list_billing_customers(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Annotated[Principal, Depends(requires("billing:read"))],
    q: Annotated[
        str | None, Query(max_length=100, description="Beginning of code, name or e-mail.")
    ] = None,
    currency: Annotated[CurrencyCode | None, Query()] = None,
    sort: Annotated[str, Query(description="name, code or created_at; - for descending.")] = "name",
) -> dict[str, Any]:
    """The payers of the tenant."""
    field, descending = sort_order(sort, tuple(SORTS))
    rows, total = await CustomerRepository(tx).page(
        CustomerFilter(q, currency),
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@router.get(
    "/{customer_id}", summary="Read a billing customer", response_model=Envelope[BillingCustomerOut]
)
async def read_billing_customer(
    customer_id: UUID,
    tx: Tx,
    response: Response,
    _: Annotated[Principal, Depends(requires("billing:read"))],
) -> dict[str, Any]:
    """One payer by the id of the customer's profile."""
    customer = await CustomerService(tx).get(customer_id)
    response.headers["etag"] = etag_of(customer.version)
    return enveloped(customer)


@router.patch(
    "/{customer_id}",
    summary="Change a billing customer",
    response_model=Envelope[BillingCustomerOut],
)
async def change_billing_customer(
    customer_id: UUID,
    body: BillingCustomerIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Annotated[Principal, Depends(requires("billing:write"))],
) -> dict[str, Any]:
    """Address, tax number and terms. Needs `If-Match` with the version that was read."""
    service = CustomerService(tx)
    customer = await service.locked(customer_id)
    require_match(request, customer.version)
    changed = await service.change(customer, body.new_values())
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(changed)
