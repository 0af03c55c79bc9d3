"""What customers read of their bills in the portal: their own, whatever they ask for.

Whose data is read is said by the principal alone; no route takes a customer's id. Each asks the
same question as staff does, narrowed to that customer.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.documents.routes import PDF, invoice_pdf
from dotmac_billing.payments.repository import PaymentFilter, PaymentReader
from dotmac_billing.portal.repository import OwnBillsRepository
from dotmac_billing.portal.schemas import OwnBalanceOut, OwnPaymentOut, OwnSubscriptionOut
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.filtering import InvoiceFilter
from dotmac_billing.receivables.routes import list_invoices, read_invoice, read_invoice_lines
from dotmac_billing.receivables.schemas import InvoiceDetailOut, InvoiceLineOut, InvoiceOut
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.repository import SubscriptionFilter, SubscriptionRepository
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.usage.reading.routes import Wanted, read_customer_usage
from dotmac_billing.usage.reading.schemas import ReadingOut
from dotmac_core_ops.database import Database, Db, Tx, driver_connection
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, customer_of, requires

router = APIRouter(prefix="/portal", tags=["Portal"])

Customer = Annotated[Principal, Depends(requires("portal:billing"))]
Page = Annotated[PageParams, Depends()]


@router.get("/balance", summary="Read what I owe", response_model=Envelope[list[OwnBalanceOut]])
async def read_own_balance(db: Db, principal: Customer) -> dict[str, Any]:
    """By currency what is due, how much of it is overdue, and the credit that is left."""
    now = (await db.tenant_clock(principal.tenant_id)).now()
    async with db.read(principal.tenant_id) as connection:
        rows = await OwnBillsRepository(connection, customer_of(principal)).balance(now)
    return enveloped([dict(row) for row in rows])


@router.get("/invoices", summary="List my invoices", response_model=Listing[InvoiceOut])
async def list_own_invoices(
    db: Db,
    page: Page,
    principal: Customer,
    status: Annotated[InvoiceStatus | None, Query(description="As of today.")] = None,
) -> Response:
    """One's own invoices, newest first."""
    wanted = InvoiceFilter(customer_id=customer_of(principal), status=status)
    return await list_invoices(db=db, page=page, principal=principal, wanted=wanted)


@router.get(
    "/invoices/{invoice_id}", summary="Read my invoice", response_model=Envelope[InvoiceDetailOut]
)
async def read_own_invoice(invoice_id: UUID, db: Db, principal: Customer) -> Response:
    """One of one's own invoices; somebody else's is not found."""
    await _require_invoice(db, principal, invoice_id)
    return await read_invoice(invoice_id, db, principal)


@router.get(
    "/invoices/{invoice_id}/lines",
    summary="Read the lines of my invoice",
    response_model=Envelope[list[InvoiceLineOut]],
)
async def read_own_invoice_lines(invoice_id: UUID, db: Db, principal: Customer) -> Response:
    """The lines of one of one's own invoices, in their order."""
    await _require_invoice(db, principal, invoice_id)
    return await read_invoice_lines(invoice_id, db, principal)


@router.get(
    "/invoices/{invoice_id}/pdf",
    summary="Get my invoice as PDF",
    response_class=Response,
    responses=PDF,
)
async def own_invoice_pdf(
    invoice_id: UUID, db: Db, tx: Tx, request: Request, principal: Customer
) -> Response:
    """One of one's own invoices on paper, in the tenant's look."""
    await _require_invoice(db, principal, invoice_id)
    return await invoice_pdf(invoice_id=invoice_id, tx=tx, request=request, _=principal)


@router.get("/payments", summary="List my payments", response_model=Listing[OwnPaymentOut])
async def list_own_payments(tx: Tx, page: Page, principal: Customer) -> dict[str, Any]:
    """What one has paid, latest first."""
    rows, total = await PaymentReader(tx).page(
        PaymentFilter(customer_of(principal)),
        descending=True,
        limit=page.per_page,
        offset=page.offset,
    )
    return listing(rows, page, total)


@router.get(
    "/subscriptions", summary="List my subscriptions", response_model=Listing[OwnSubscriptionOut]
)
async def list_own_subscriptions(tx: Tx, page: Page, principal: Customer) -> dict[str, Any]:
    """What one subscribes to or did, newest first."""
    rows, total = await SubscriptionRepository(tx).page(
        SubscriptionFilter(customer_of(principal)),
        sort="created_at",
        descending=True,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@router.get(
    "/subscriptions/{subscription_id}",
    summary="Read my subscription",
    response_model=Envelope[OwnSubscriptionOut],
)
async def read_own_subscription(
    subscription_id: UUID, tx: Tx, principal: Customer
) -> dict[str, Any]:
    """One of one's own subscriptions; somebody else's is not found."""
    connection = await driver_connection(tx)
    own = OwnBillsRepository(connection, customer_of(principal))
    if not await own.owns_subscription(subscription_id):
        raise SubscriptionNotFoundError(subscription_id)
    return enveloped(await SubscriptionService(tx).get(subscription_id))


@router.get("/usage", summary="Read my usage", response_model=Envelope[list[ReadingOut]])
async def read_own_usage(
    db: Db, principal: Customer, wanted: Annotated[Wanted, Depends()]
) -> Response:
    """What one's subscriptions have used, in the running billing period unless days are given."""
    return await read_customer_usage(customer_of(principal), db, principal, wanted)


async def _require_invoice(db: Database, principal: Principal, invoice_id: UUID) -> None:
    async with db.read(principal.tenant_id) as connection:
        own = OwnBillsRepository(connection, customer_of(principal))
        if not await own.owns_invoice(invoice_id):
            raise InvoiceNotFoundError(invoice_id)
