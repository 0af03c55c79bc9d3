"""A tenant that owes the operator is past due, and no longer once it has paid, or who pays for it.

What is told of invoices in the operator tenant has a job look at the customer anew; once a day all
of them are looked at. The job works out what holds now, so it can be repeated and come in any
order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import customers_in_arrears, customers_on_invoices
from dotmac_core_events import EventConsumer, enqueue
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Job, JobContext
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import is_operator
from dotmac_identity import Client, MoveReason, TenantLifeService, clients_of, lock_client

FOLLOW_JOB = "platform.follow_payments"

_FACTS = (
    *("billing.invoice_overdue", "billing.invoice_paid", "billing.invoice_voided"),
    *("billing.invoice_written_off", "billing.invoice_recovered", "billing.invoice_uncollectible"),
)
_STOPPED = frozenset({TenantState.READ_ONLY, TenantState.SUSPENDED})


async def _look_again(events: Sequence[dict[str, Any]], session: AsyncSession) -> None:
    if not await is_operator(session):
        return
    invoices = {UUID(str(event["invoice_id"])) for event in events}
    for customer_id in sorted(await customers_on_invoices(session, invoices)):
        if await clients_of(session, customer_id):
            await enqueue(session, FOLLOW_JOB, {"customer_id": str(customer_id)})


ON_INVOICES_CHANGED = tuple(
    EventConsumer.handle(name, name="platform.plan_payments", batch=True)(_look_again)
    for name in _FACTS
)


async def follow_payments(context: JobContext) -> None:
    """Look at one customer of the operator, or at all of them; nothing for other tenants."""
    assert context.tenant_id is not None
    given = context.payload.get("customer_id")
    async with context.database.transaction(context.tenant_id) as session:
        if not await is_operator(session):
            return
        clients = await clients_of(session, None if given is None else UUID(given))
    for client in clients:
        await _follow(context.database, context.tenant_id, client)
        await context.extend_lease()


async def _follow(database: Database, operator_id: UUID, client: Client) -> None:
    async with database.transaction(operator_id) as operator:
        # Who looks later also writes later.
        await lock_client(operator, client.tenant_id)
        owes = bool(await customers_in_arrears(operator, [client.customer_id]))
        async with database.transaction(client.tenant_id) as session:
            life = TenantLifeService.within(session)
            standing = await life.standing()
            follows = move_by_payment(standing.state, standing.reason, owes=owes)
            if follows is not None:
                await life.move(*follows)


def move_by_payment(
    state: TenantState, reason: MoveReason | None, *, owes: bool
) -> tuple[TenantState, MoveReason] | None:
    """Where a tenant goes that `owes` something overdue, or nothing any more; None: it stays.

    It is not stopped by itself: whether and when a tenant that does not pay becomes read-only or is
    suspended is the operator's decision. But one that was stopped for that alone goes on once paid.
    """
    if owes:
        is_new = state is TenantState.ACTIVE
        return (TenantState.PAST_DUE, MoveReason.PAYMENT_OVERDUE) if is_new else None
    was_stopped = state in _STOPPED and reason is MoveReason.PAYMENT_OVERDUE
    if state is TenantState.PAST_DUE or was_stopped:
        return TenantState.ACTIVE, MoveReason.PAID
    return None


FOLLOW_PAYMENTS = Job(FOLLOW_JOB, follow_payments, schedule="37 1 * * *")
"""When an invoice is overdue, paid or given up, and once a day."""
