"""An invoice of two lines with tax, and what is asked about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.receivables.models import Invoice, InvoiceBalance, InvoiceLine
from dotmac_billing.testing import payer, tax

ISSUED = date(2026, 11, 2)


@dataclass(frozen=True)
class Issued:
    """An invoice over 240.00: 150.00 and 50.00 with 20 % tax, of the given customer."""

    id: UUID
    number: str
    customer_id: UUID
    line_ids: tuple[UUID, ...]


@dataclass
class Books:
    """Issues invoices and looks at what became of them."""

    session: AsyncSession

    async def invoice(
        self, customer_id: UUID | None = None, nets: tuple[str, ...] = ("150.00", "50.00")
    ) -> Issued:
        customer_id = customer_id or await payer(self.session)
        code = await tax(self.session) if not await self._has_tax() else "VAT"
        lines = tuple(NewLine(f"Line {net}", Decimal(1), Decimal(net), code) for net in nets)
        service = await InvoiceService.within(self.session)
        invoice_id = await service.issue_manual(NewInvoice(customer_id, lines, ISSUED))
        number = await self.session.scalar(
            sa.select(Invoice.number).where(Invoice.id == invoice_id)
        )
        found = await self.session.scalars(
            sa.select(InvoiceLine.id)
            .where(InvoiceLine.invoice_id == invoice_id)
            .order_by(InvoiceLine.position)
        )
        return Issued(invoice_id, str(number), customer_id, tuple(found))

    async def balance(self, invoice_id: UUID) -> tuple[Any, ...]:
        """Status, paid, due, credited, written off."""
        row = await self.session.execute(
            sa.select(
                InvoiceBalance.status,
                InvoiceBalance.amount_paid,
                InvoiceBalance.amount_due,
                InvoiceBalance.amount_credited,
                InvoiceBalance.amount_written_off,
            ).where(InvoiceBalance.id == invoice_id)
        )
        status, *amounts = row.one()
        return (status.value, *amounts)

    async def accounts(self) -> dict[str, Decimal]:
        """What stands on each account, without those on which nothing stands."""
        rows = await self.session.execute(
            sa.text(
                "SELECT a.code, sum(p.amount) FROM billing.ledger_postings p "
                "JOIN billing.ledger_accounts a ON a.id = p.account_id "
                "GROUP BY a.code HAVING sum(p.amount) <> 0"
            )
        )
        return {row[0]: row[1] for row in rows}

    async def sound(self) -> bool:
        """Whether the standing checks find nothing."""
        assert await check_books(self.session) == []
        return True

    async def _has_tax(self) -> bool:
        return bool(await self.session.scalar(sa.text("SELECT count(*) FROM billing.tax_rates")))


@pytest.fixture
async def books(session: AsyncSession) -> AsyncIterator[Books]:
    """The books of the test's tenant; sound when the test is over."""
    books = Books(session)
    yield books
    await books.sound()
