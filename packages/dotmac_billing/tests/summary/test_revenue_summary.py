from datetime import date
from decimal import Decimal

from dotmac_billing import NewPayment, record_payments, revenue_summary, run_billing
from dotmac_billing.testing import payer, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant


async def test_what_is_billed_paid_open_and_credit_add_up(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        ahead, behind = await payer(session), await payer(session)
        await subscribed(session, since=date(2026, 1, 1), customer=ahead)
        await subscribed(session, since=date(2026, 1, 1), until=date(2026, 3, 1), customer=behind)
        await record_payments(session, [NewPayment(ahead, Decimal("200.00"), date(2026, 1, 1))])
    await run_billing(database, tenant.id, date(2026, 3, 31))

    async with database.transaction(tenant.id) as session:
        [summary] = await revenue_summary(session, date(2026, 3, 31))
        [earlier] = await revenue_summary(session, date(2026, 1, 31))

    assert (summary.invoices, summary.billed, summary.paid) == (
        5,
        Decimal("249.50"),
        Decimal("200.00"),
    )
    assert (summary.open, summary.credit) == (Decimal("99.80"), Decimal("50.30"))
    assert (summary.mrr, summary.customers, summary.arpu) == (
        Decimal("49.90"),
        1,
        Decimal("49.90"),
    )
    assert (summary.churned_mrr, summary.churned_customers) == (Decimal("49.90"), 1)
    assert (earlier.mrr, earlier.customers, earlier.billed) == (
        Decimal("99.80"),
        2,
        Decimal("99.80"),
    )
