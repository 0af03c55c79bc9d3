from datetime import date
from decimal import Decimal

from dotmac_billing import (
    NewCreditNote,
    NewPayment,
    issue_credit_note,
    open_invoices,
    record_payments,
    revenue_summary,
    run_billing,
)
from dotmac_billing.corrections.service import CorrectionService
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


async def test_what_is_void_credited_or_given_up_is_not_open(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        await subscribed(session, since=date(2026, 1, 1), customer=customer)
    await run_billing(database, tenant.id, date(2026, 3, 31))

    async with database.transaction(tenant.id) as session:
        first, second, third = [one.id for one in await open_invoices(session)]
        corrections = CorrectionService(session)
        await corrections.void(first, "issued twice")
        await issue_credit_note(session, NewCreditNote(second, amount=Decimal("10.00")))
        await corrections.write_off(third, "few", amount=Decimal("0.90"))
        await record_payments(session, [NewPayment(customer, Decimal(39), date(2026, 3, 31))])
        [found] = await revenue_summary(session, date(2026, 12, 31))

    # 39.90 of the second is owed and 49.00 of the third; 39.00 was paid.
    assert (found.invoices, found.billed, found.taken_off) == (
        2,
        Decimal("99.80"),
        Decimal("10.90"),
    )
    assert (found.paid, found.open, found.credit) == (Decimal(39), Decimal("49.90"), Decimal(0))
    assert found.billed - found.taken_off - found.paid == found.open - found.credit
