"""What is asked for: a customer's statements."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.statements.errors import StatementPeriodError
from dotmac_billing.statements.repository import StatementRepository
from dotmac_billing.statements.statement import Statement, StatementOf, statements
from dotmac_core_ops.database import clock_of


async def statements_of(
    session: AsyncSession,
    customer_id: UUID,
    from_on: date | None = None,
    to_on: date | None = None,
) -> list[Statement]:
    """The customer's statements, one for each currency; by default of this month up to today.

    The customer's own currency always has one. Both days are included.

    Raises:
        BillingCustomerNotFoundError: no such customer.
        StatementPeriodError: the last day is before the first.
    """
    repository = StatementRepository(session)
    customer = await repository.customer(customer_id)
    if customer is None:
        raise BillingCustomerNotFoundError(customer_id)
    to_on = to_on or clock_of(session).today(customer["time_zone"])
    from_on = from_on or to_on.replace(day=1)
    if to_on < from_on:
        raise StatementPeriodError(from_on, to_on)
    return statements(
        StatementOf(customer_id, customer["code"], customer["name"], from_on, to_on),
        await repository.openings(customer_id, from_on),
        await repository.movements(customer_id, from_on, to_on),
        [customer["currency"]],
    )
