"""The figures of a tenant as a whole, for reports."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mrr.movements import MovementKind
from dotmac_billing.mrr.service import recurring_revenue, revenue_movements
from dotmac_billing.payments.credit import PaymentKind
from dotmac_billing.summary.figures import RevenueSummary
from dotmac_billing.summary.repository import Sum, SummaryRepository
from dotmac_core_ops.money import round_money

_NOTHING = Sum(0, Decimal(0))


async def revenue_summary(session: AsyncSession, as_of: date) -> list[RevenueSummary]:
    """Figures up to and including `as_of`, one summary for each currency, in their order."""
    repository = SummaryRepository(session)
    billed = await repository.billed(as_of)
    paid = await repository.paid(as_of, PaymentKind.PAYMENT)
    noted = await repository.paid(as_of, PaymentKind.CREDIT_NOTE)
    below = await repository.paid(as_of, PaymentKind.INVOICE_CREDIT)
    given = await repository.given(as_of)
    applied = await repository.applied(as_of)
    standing = {each.currency: each for each in await recurring_revenue(session, as_of)}
    movements = await revenue_movements(session, date.min, as_of + timedelta(days=1))
    churned = {each.currency: each for each in movements if each.kind is MovementKind.CHURN}
    summaries = []
    for currency in sorted({*billed, *paid, *standing, *churned}):
        now, lost = standing.get(currency), churned.get(currency)
        mrr, customers = (now.amount, now.customers) if now else (Decimal(0), 0)
        invoices, payments = billed.get(currency, _NOTHING), paid.get(currency, _NOTHING)
        used, note, credit, gave = (
            sums.get(currency, _NOTHING).amount for sums in (applied, noted, below, given)
        )
        summaries.append(
            RevenueSummary(
                as_of=as_of,
                currency=currency,
                mrr=mrr,
                customers=customers,
                churned_mrr=-lost.amount if lost else Decimal(0),
                churned_customers=lost.customers if lost else 0,
                arpu=round_money(mrr / customers, currency) if customers else Decimal(0),
                invoices=invoices.rows,
                billed=invoices.amount,
                payments=payments.rows,
                paid=payments.amount,
                taken_off=note + gave,
                open=invoices.amount + credit - gave - used,
                credit=payments.amount + note + credit - used,
            )
        )
    return summaries
