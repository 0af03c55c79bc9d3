"""Many subscriptions in one go, for tests of the bill run."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    NewComponent,
    NewPayment,
    OpenCustomer,
    StartSubscription,
    open_customers,
    record_payments,
    start_subscriptions,
)
from dotmac_billing.testing import plan, tax


async def many(session: AsyncSession, count: int, *, since: date) -> None:
    """`count` customers who begin on days spread over a month; every third has paid ahead."""
    vat = await tax(session)
    fiber = await plan(
        session,
        components=[
            NewComponent("base", "Line", Decimal("29.90"), tax_code=vat),
            NewComponent("tv", "Television", Decimal("4.50"), tax_code=vat),
            NewComponent("post", "Paper bill", Decimal("1.00")),
        ],
    )
    codes = [f"C{n:05}" for n in range(count)]
    customers = (
        await open_customers(session, [OpenCustomer(code=code, name=code) for code in codes])
    ).ids
    await start_subscriptions(
        session,
        [
            StartSubscription(customers[code], fiber.id, since + timedelta(days=n % 28))
            for n, code in enumerate(codes)
        ],
    )
    await record_payments(
        session,
        [NewPayment(customers[code], Decimal("100.00"), received_on=since) for code in codes[::3]],
    )
