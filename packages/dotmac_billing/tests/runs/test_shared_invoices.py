"""Payers who get one invoice for all that is billed on a day."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books, run_billing
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

START = date(2026, 1, 31)


async def rows(database: Database, tenant: Tenant, query: str, *values: object) -> list[Any]:
    async with database.read(tenant.id) as connection:
        return [tuple(row) for row in await connection.fetch(query, *values)]


async def paid_by(
    session: AsyncSession, who: UUID, subscriptions: list[UUID], *, together: bool
) -> None:
    await session.execute(
        sa.update(Subscription)
        .where(Subscription.id.in_(subscriptions))
        .values(payer_id=who, invoice_group=who if together else None)
    )


@pytest.mark.parametrize("together", [True, False])
async def test_a_parent_pays_for_the_children_on_one_invoice_or_apart(
    database: Database, tenant: Tenant, together: bool
) -> None:
    async with database.transaction(tenant.id) as session:
        parent = await payer(session)
        fiber = await plan(session, price="10.00")
        children = [
            await subscribed(session, plan=fiber, since=START),
            await subscribed(session, plan=fiber, since=START),
            await subscribed(session, plan=fiber, since=date(2026, 2, 10)),
        ]
        await paid_by(session, parent, children, together=together)

    result = await run_billing(database, tenant.id, date(2026, 2, 28), chunk_size=1)

    shared = [
        (parent, date(2026, 1, 31), Decimal("20.00")),
        (parent, date(2026, 2, 10), Decimal("10.00")),
        (parent, date(2026, 2, 28), Decimal("20.00")),
    ]
    days = [date(2026, 1, 31)] * 2 + [date(2026, 2, 10)] + [date(2026, 2, 28)] * 2
    apart = [(parent, day, Decimal("10.00")) for day in days]
    found = await rows(
        database,
        tenant,
        "SELECT customer_id, bill_on, total FROM billing.invoices ORDER BY bill_on",
    )
    assert found == (shared if together else apart)
    assert result.failures == []
    assert (await run_billing(database, tenant.id, date(2026, 2, 28))).invoices == 0
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []
