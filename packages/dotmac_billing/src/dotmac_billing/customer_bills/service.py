"""What can be done: bill one customer now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.decision import Terms
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.service import gather, learn
from dotmac_billing.customer_bills.errors import NothingToBillError
from dotmac_billing.customer_bills.repository import CustomerBillRepository
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.invoicing.repository import noted
from dotmac_billing.invoicing.service import InvoiceService, issue_terms
from dotmac_billing.remote_tax.service import answers_of, decided
from dotmac_billing.runs.repository import RunRepository
from dotmac_billing.usage.service import settle_late
from dotmac_core_ops.audit import Target
from dotmac_core_ops.database import clock_of


async def bill_customer(session: AsyncSession, customer_id: UUID) -> list[UUID]:
    """Issue everything of a customer that is due by today, as the bill run would; the invoices.

    What waits for the next invoice is on it; where nothing is due, it is billed alone. The run
    finds nothing left of it.

    Raises:
        BillingCustomerNotFoundError: no such customer.
        NothingToBillError: nothing is due and nothing waits.
        DomainError: one of the subscriptions cannot be billed; then none is.
    """
    repository = CustomerBillRepository(session)
    zone = await repository.hold(customer_id)
    if zone is None:
        raise BillingCustomerNotFoundError(customer_id)
    through = clock_of(session).today(zone)
    due = await repository.due(customer_id, through)
    issued = await bill_due(session, due, through, ("billing_customer", customer_id))
    if not issued:
        subscriptions = await repository.all(customer_id)
        if subscriptions:
            issued = await (await InvoiceService.within(session)).bill_now(subscriptions)
    if not issued:
        raise NothingToBillError(customer_id)
    return issued


async def bill_due(
    session: AsyncSession, due: Sequence[DueSubscription], through: date, target: Target
) -> list[UUID]:
    """Issue what these subscriptions (held by the session) have due by a day; the invoices' ids.

    `target` is whom the audit log names.

    Raises:
        DomainError: one of them cannot be billed; then none is.
    """
    if not due:
        return []
    issue = await issue_terms(session)
    answers = await answers_of(session, issue.tax_calculator)
    bills, facts = await gather(session, due, through, await learn(session), hold=True)
    runs = RunRepository(session)
    facts.billed = await runs.billed([one.id for one in due])
    terms = Terms(
        historical=False,
        due=issue.due,
        today=clock_of(session).today,
        rounding=issue.tax_rounding,
    )
    decision = await decided(session, bills, facts, terms, answers)
    decision.refuse_failures()
    if decision.drafts:
        total = sum((draft.totals.total for draft in decision.drafts), Decimal(0))
        note = noted(target, total)
        await InvoiceService(session, issue, answers).issue(decision.drafts, note=note)
    if decision.settled:
        await settle_late(session, decision.settled)
    await runs.move(decision.moved)
    return [draft.invoice_id for draft in decision.drafts]
