"""A tenant that recognises over time, and what stands in its books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books, run_billing
from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.ledger.service import trial_balance
from dotmac_billing.receivables.models import Invoice, InvoiceLine
from dotmac_billing.recognition.service import recognise
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.service import SettingsChange, SettingsService
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

FAR = date(2099, 12, 31)


@dataclass
class Books:
    """Bills, recognises, and looks at accounts, each in a transaction of its own."""

    database: Database
    tenant: Tenant

    async def recognises(self, basis: Recognition) -> None:
        async def change(session: AsyncSession) -> None:
            service = SettingsService(session)
            await service.change(await service.locked(), SettingsChange(recognition=basis))

        await self.database.run(self.tenant.id, change)

    async def yearly(self, price: str, since: date) -> UUID:
        """A subscription to a yearly plan with 20 % tax, paid ahead; its id."""

        async def start(session: AsyncSession) -> UUID:
            vat = None
            if not await session.scalar(sa.text("SELECT count(*) FROM billing.tax_rates")):
                await tax(session)
            vat = "VAT"
            terms = await plan(session, price=price, cycle=BillingCycle.ANNUALLY, tax_code=vat)
            return await subscribed(session, plan=terms, since=since, customer=await payer(session))

        return await self.database.run(self.tenant.id, start)

    async def billed(self, through: date) -> list[UUID]:
        """Bill everything up to `through`, on the days it was due; all invoices so far."""
        await run_billing(self.database, self.tenant.id, through, historical=True)

        async def ids(session: AsyncSession) -> list[UUID]:
            return list(await session.scalars(sa.select(Invoice.id).order_by(Invoice.sequence)))

        return await self.database.run(self.tenant.id, ids)

    async def line_of(self, invoice_id: UUID) -> UUID:
        async def first(session: AsyncSession) -> UUID:
            found = await session.scalars(
                sa.select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice_id)
            )
            return found.one()

        return await self.database.run(self.tenant.id, first)

    async def recognised(self, through: date) -> Decimal:
        """Book revenue up to `through`; how much that was."""

        async def book(session: AsyncSession) -> Decimal:
            return (await recognise(session, through)).amounts.get("EUR", Decimal(0))

        return await self.database.run(self.tenant.id, book)

    async def accounts(self, to_on: date = FAR) -> dict[str, str]:
        """What stands on each account, without those on which nothing stands."""

        async def read(session: AsyncSession) -> dict[str, str]:
            found = await trial_balance(session, None, to_on)
            return {
                line.account: f"{line.closing:.2f}"
                for one in found
                for line in one.lines
                if line.closing
            }

        return await self.database.run(self.tenant.id, read)

    async def sound(self) -> bool:
        """Whether the standing checks find nothing."""
        async with self.database.transaction(self.tenant.id) as session:
            assert await check_books(session) == []
        return True


@pytest.fixture
async def books(database: Database, tenant: Tenant) -> AsyncIterator[Books]:
    """Books of a tenant that recognises by even months; sound when the test is over."""
    books = Books(database, tenant)
    await books.recognises(Recognition.MONTHLY)
    yield books
    await books.sound()
