"""What belongs to a customer, and what the customer owes and has."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from dotmac_billing.receivables.filtering import status_read
from dotmac_core_ops.database import PooledConnection, RawConnection

_OWNS_INVOICE = "SELECT EXISTS (SELECT FROM billing.invoices WHERE id = $1 AND customer_id = $2)"
_OWNS_SUBSCRIPTION = (
    "SELECT EXISTS (SELECT FROM billing.subscriptions WHERE id = $1 AND customer_id = $2)"
)
# What is overdue is read as the customer's calendar has it, like the state of every invoice.
_BALANCE = f"""
SELECT currency, sum(due) AS due, sum(overdue) AS overdue, sum(credit) AS credit
FROM (
  SELECT i.currency, b.amount_due AS due,
    CASE WHEN {status_read(2)} = 'overdue' THEN b.amount_due ELSE 0 END AS overdue, 0 AS credit
  FROM billing.invoices i
  JOIN billing.invoice_balances b ON b.tenant_id = i.tenant_id AND b.id = i.id
  WHERE i.customer_id = $1 AND b.amount_due > 0
  UNION ALL
  SELECT currency, 0, 0, unapplied FROM billing.payment_balances
  WHERE customer_id = $1 AND unapplied > 0
) movements
GROUP BY currency ORDER BY currency
"""  # noqa: S608 - the parts are constants of this package


class OwnBillsRepository:
    """Reads on behalf of one customer."""

    def __init__(self, connection: RawConnection | PooledConnection, customer_id: UUID) -> None:
        self._connection = connection
        self._customer_id = customer_id

    async def owns_invoice(self, invoice_id: UUID) -> bool:
        """Whether the invoice is the customer's."""
        return bool(await self._connection.fetchval(_OWNS_INVOICE, invoice_id, self._customer_id))

    async def owns_subscription(self, subscription_id: UUID) -> bool:
        """Whether the subscription is the customer's."""
        return bool(
            await self._connection.fetchval(_OWNS_SUBSCRIPTION, subscription_id, self._customer_id)
        )

    async def balance(self, now: datetime) -> list[asyncpg.Record]:
        """By currency what is due, how much of it is overdue, and the credit that is left."""
        return await self._connection.fetch(_BALANCE, self._customer_id, now)
