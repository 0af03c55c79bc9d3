"""Queries of the log of monthly recurring revenue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mrr.movements import Movement, MovementKind
from dotmac_billing.mrr.revenue import MonthlyMovement, RevenueMovement, RevenueStanding
from dotmac_core_ops.database import driver_connection


class MrrRepository:
    """The log of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def logged(self, customer_ids: Collection[UUID]) -> dict[UUID, list[Movement]]:
        """What the log says of these customers, by customer."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            # Joined to the wanted ids, not compared with an array; see the payments' repository.
            "SELECT m.customer_id, m.subscription_id, m.occurred_on, m.kind, m.amount "
            "FROM unnest($1::uuid[]) AS wanted(id) "
            "JOIN billing.mrr_movements m ON m.customer_id = wanted.id",
            list(customer_ids),
        )
        found: defaultdict[UUID, list[Movement]] = defaultdict(list)
        for customer_id, subscription_id, occurred_on, kind, amount in rows:
            found[customer_id].append(
                Movement(subscription_id, occurred_on, MovementKind(kind), amount)
            )
        return found

    async def standing(self, on: date) -> list[RevenueStanding]:
        """Revenue and paying customers at the end of `on`, by currency."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            "SELECT currency, sum(amount) AS amount, count(*) AS customers FROM ("
            " SELECT currency, customer_id, sum(amount) AS amount FROM billing.mrr_movements"
            " WHERE occurred_on <= $1 GROUP BY currency, customer_id HAVING sum(amount) <> 0"
            ") held GROUP BY currency ORDER BY currency",
            on,
        )
        return [RevenueStanding(row["currency"], row["amount"], row["customers"]) for row in rows]

    async def movements(self, since: date, until: date) -> list[RevenueMovement]:
        """Changes from `since` up to, not including, `until`, by currency and kind."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            "SELECT currency, kind, sum(amount) AS amount, count(*) AS customers FROM ("
            " SELECT currency, kind, customer_id, sum(amount) AS amount"
            " FROM billing.mrr_movements WHERE occurred_on >= $1 AND occurred_on < $2"
            " GROUP BY currency, kind, customer_id HAVING sum(amount) <> 0"
            ") moved GROUP BY currency, kind ORDER BY currency, kind",
            since,
            until,
        )
        return [
            RevenueMovement(
                row["currency"],
                MovementKind(row["kind"]),
                Decimal(row["amount"]),
                row["customers"],
            )
            for row in rows
        ]

    async def by_month(self, since: date, until: date) -> list[MonthlyMovement]:
        """The same, month by month."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            "SELECT month, currency, kind, sum(amount) AS amount, count(*) AS customers FROM ("
            " SELECT date_trunc('month', occurred_on::timestamp)::date AS month,"
            " currency, kind, customer_id, sum(amount) AS amount"
            " FROM billing.mrr_movements WHERE occurred_on >= $1 AND occurred_on < $2"
            " GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0"
            ") moved GROUP BY month, currency, kind ORDER BY month, currency, kind",
            since,
            until,
        )
        return [
            MonthlyMovement(
                row["month"],
                row["currency"],
                MovementKind(row["kind"]),
                row["amount"],
                row["customers"],
            )
            for row in rows
        ]
