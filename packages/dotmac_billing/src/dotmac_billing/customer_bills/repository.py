"""What is to be billed of one customer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.repository import PAYER, SUBSCRIPTION_COLUMNS, due_subscription
from dotmac_core_ops.database import driver_connection

_HOLD = "SELECT time_zone FROM billing.customers WHERE id = $1 FOR NO KEY UPDATE"
# Who pays for others has them billed as well.
_OF = "coalesce(s.payer_id, s.customer_id) = $1"
_DUE = f"""
SELECT {SUBSCRIPTION_COLUMNS} FROM billing.subscriptions s JOIN {PAYER}
WHERE {_OF} AND s.next_bill_on <= $2
ORDER BY s.next_bill_on, s.id FOR NO KEY UPDATE OF s
"""  # noqa: S608 (names of our own; so below as well)
_ALL = f"SELECT s.id FROM billing.subscriptions s WHERE {_OF} ORDER BY s.id"  # noqa: S608 (names of our own)


class CustomerBillRepository:
    """Subscriptions of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold(self, customer_id: UUID) -> str | None:
        """The customer's zone, None when there is no such customer.

        Nobody else bills it until the transaction ends.
        """
        connection = await driver_connection(self._session)
        zone: str | None = await connection.fetchval(_HOLD, customer_id)
        return zone

    async def due(self, customer_id: UUID, through: date) -> list[DueSubscription]:
        """Subscriptions the customer pays for with something due by that day of theirs; held."""
        connection = await driver_connection(self._session)
        return [due_subscription(row) for row in await connection.fetch(_DUE, customer_id, through)]

    async def all(self, customer_id: UUID) -> list[UUID]:
        """Every subscription the customer pays for."""
        connection = await driver_connection(self._session)
        return [row["id"] for row in await connection.fetch(_ALL, customer_id)]
