"""Queries of invoices, as records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.library.adapters.records import TODAY, RecordRepository
from dotmac_billing.library.errors import NothingDueError
from dotmac_billing.library.names import InvoiceStatus
from dotmac_billing.library.records import InvoiceRecord
from dotmac_billing.library.schemas import InvoiceCreate
from dotmac_billing.receivables.models import Invoice, InvoiceBalance, InvoiceLine
from dotmac_billing.receivables.states import InvoiceStatus as Stored
from dotmac_billing.remote_tax.models import TaxDocument
from dotmac_billing.remote_tax.states import TaxDocumentStatus

_is_credited = (InvoiceBalance.amount_credited >= Invoice.total) & (Invoice.total > 0)
_status = sa.case(
    (InvoiceBalance.status == Stored.VOID, InvoiceStatus.CANCELLED.value),
    (InvoiceBalance.status == Stored.UNCOLLECTIBLE, InvoiceStatus.UNCOLLECTIBLE.value),
    (_is_credited, InvoiceStatus.REFUNDED.value),
    (InvoiceBalance.status == Stored.PAID, InvoiceStatus.PAID.value),
    (InvoiceBalance.due_on < TODAY, InvoiceStatus.OVERDUE.value),
    (InvoiceBalance.status == Stored.PARTIALLY_PAID, InvoiceStatus.PARTIALLY_PAID.value),
    (InvoiceBalance.sent_at.is_not(None), InvoiceStatus.SENT.value),
    else_=InvoiceStatus.PENDING.value,
)


class InvoiceRepository(RecordRepository[InvoiceRecord]):
    """Issued invoices."""

    kind = "invoice"
    permanent = "void it, or issue a credit note instead."
    record = InvoiceRecord
    source = sa.join(Invoice, InvoiceBalance, InvoiceBalance.id == Invoice.id)
    columns = {
        "id": Invoice.id,
        "tenant_id": Invoice.tenant_id,
        "invoice_number": Invoice.number,
        "customer_id": Invoice.customer_id,
        "subscription_id": Invoice.subscription_id,
        "invoice_date": Invoice.issued_on,
        "due_date": Invoice.due_on,
        "service_period_start": Invoice.period_start,
        "service_period_end": Invoice.period_end,
        "subtotal": Invoice.net,
        "tax_amount": Invoice.tax,
        "discount_amount": Invoice.discount,
        "total_amount": Invoice.total,
        "amount_paid": InvoiceBalance.amount_paid,
        "amount_due": InvoiceBalance.amount_due,
        "status": _status,
        "currency": Invoice.currency,
        "sent_at": InvoiceBalance.sent_at,
        "created_at": Invoice.created_at,
    }

    async def create(self, obj_in: InvoiceCreate, tenant_id: UUID | None = None) -> InvoiceRecord:
        """Issue an invoice made by hand.

        Raises:
            CustomerUnknownError: no such customer.
            TaxRateMissingError: a line's tax has no rate today.
        """
        async with self.bound.invoicing(tenant_id) as session:
            service = await InvoiceService.within(session)
            invoice_id = await service.issue_manual(new_invoice(obj_in))
        return await self.required(invoice_id)

    async def get_by_customer(
        self, customer_id: UUID, tenant_id: UUID | None = None
    ) -> list[InvoiceRecord]:
        """A customer's invoices, oldest first."""
        return await self.fetch([Invoice.customer_id == customer_id], tenant_id=tenant_id)

    async def get_by_subscription(
        self, subscription_id: UUID, tenant_id: UUID | None = None
    ) -> list[InvoiceRecord]:
        """A subscription's invoices, oldest first."""
        return await self.fetch([Invoice.subscription_id == subscription_id], tenant_id=tenant_id)

    async def get_by_status(
        self, status: InvoiceStatus | Stored | str, tenant_id: UUID | None = None
    ) -> list[InvoiceRecord]:
        """Invoices in that state today, oldest first. A state may be given by its value."""
        wanted = InvoiceStatus(getattr(status, "value", status))
        return await self.fetch([_status == wanted.value], tenant_id=tenant_id)

    async def get_overdue_invoices(self, tenant_id: UUID | None = None) -> list[InvoiceRecord]:
        """Invoices past their due date (UTC) with something owed, oldest debt first."""
        return await self.fetch(
            [InvoiceBalance.amount_due > 0, InvoiceBalance.due_on < TODAY],
            order=self.columns["due_date"],
            tenant_id=tenant_id,
        )

    async def get_by_invoice_number(
        self, number: str, tenant_id: UUID | None = None
    ) -> InvoiceRecord | None:
        """The invoice with that number."""
        return await self.get_by_field("invoice_number", number, tenant_id)

    async def get_revenue_by_period(
        self, start_date: date, end_date: date, tenant_id: UUID | None = None
    ) -> Mapping[str, Decimal]:
        """What was invoiced from `start_date` to `end_date`, both included, by currency.

        Net of tax; void invoices are left out.
        """
        session = await self.bound.open(tenant_id)
        found = await session.execute(
            sa.select(Invoice.currency, sa.func.sum(Invoice.net).label("net"))
            .select_from(self.source)
            .where(
                Invoice.issued_on.between(start_date, end_date),
                InvoiceBalance.status != Stored.VOID,
            )
            .group_by(Invoice.currency)
            .order_by(Invoice.currency)
        )
        return {row.currency: row.net for row in found}

    async def of_period(self, subscription_id: UUID, first: date, last: date) -> InvoiceRecord:
        """The invoice of a subscription for a moment between two days, both included.

        Raises:
            NothingDueError: there is none.
        """
        is_on_it = sa.exists().where(
            InvoiceLine.invoice_id == Invoice.id, InvoiceLine.subscription_id == subscription_id
        )
        moments = Invoice.bill_on.between(first, last)
        found = await self.fetch([is_on_it, moments], order=Invoice.bill_on, limit=1)
        if not found:
            raise NothingDueError(subscription_id)
        return found[0]

    async def of_run(self, run_id: UUID) -> list[InvoiceRecord]:
        """What a billing cycle issued, in the order of the numbers."""
        return await self.fetch([Invoice.run_id == run_id], order=Invoice.sequence)

    async def with_open_taxes(self) -> tuple[list[UUID], list[UUID]]:
        """Invoices of which a tax service has not heard that they stand, and those that are void.

        Of the void ones, also those that it had been told stand.
        """
        session = await self.bound.open()
        is_void = InvoiceBalance.status == Stored.VOID
        found = await session.execute(
            sa.select(Invoice.id, is_void.label("is_void"))
            .select_from(self.source)
            .join(TaxDocument, TaxDocument.id == Invoice.id)
            .where(
                (TaxDocument.status == TaxDocumentStatus.OPEN)
                | (is_void & (TaxDocument.status == TaxDocumentStatus.COMMITTED))
            )
            .order_by(Invoice.id)
        )
        issued: list[UUID] = []
        voided: list[UUID] = []
        for row in found:
            (voided if row.is_void else issued).append(row.id)
        return issued, voided


def new_invoice(obj_in: InvoiceCreate) -> NewInvoice:
    """The invoice as invoicing takes it."""
    return NewInvoice(
        obj_in.customer_id,
        tuple(
            NewLine(line.description, line.quantity, line.unit_price, line.tax_code)
            for line in obj_in.line_items
        ),
        due_on=obj_in.due_date,
        currency=obj_in.currency,
    )
