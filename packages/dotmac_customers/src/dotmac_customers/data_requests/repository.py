"""Every query about requests of data subjects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.data_requests.deadlines import DataRequestState
from dotmac_customers.data_requests.models import OPEN_STATES, DataRequest, DataRequestStep

_REMIND = """
WITH due AS (
  SELECT r.id, min(a.days) AS days
  FROM customers.data_requests r
  JOIN unnest($2::smallint[]) AS a(days) ON r.due_on <= $1::date + a.days
  WHERE r.state IN ('received', 'confirmed', 'working') GROUP BY r.id
)
UPDATE customers.data_requests r SET reminded_days = due.days
FROM due, customers.customers c
WHERE r.id = due.id AND c.id = r.customer_id
  AND (r.reminded_days IS NULL OR r.reminded_days > due.days)
RETURNING r.id, r.customer_id, r.kind, r.due_on, due.days, c.number
"""


class DataRequestRepository:
    """Requests of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: DataRequest | DataRequestStep) -> None:
        """Write it with the transaction."""
        self._session.add(row)

    async def by_id(self, request_id: UUID, *, for_update: bool = False) -> DataRequest | None:
        """The request, if the tenant has it."""
        query = sa.select(DataRequest).where(DataRequest.id == request_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def page(
        self,
        state: DataRequestState | None,
        *,
        overdue_on: date | None = None,
        offset: int,
        limit: int,
    ) -> tuple[Sequence[DataRequest], int]:
        """Requests, the most urgent first, and how many there are in all.

        With `overdue_on` those that are not answered on that day, although they should be.
        """
        wanted = sa.true() if state is None else DataRequest.state == state
        if overdue_on is not None:
            is_open = DataRequest.state.in_(OPEN_STATES)
            wanted = sa.and_(wanted, is_open, DataRequest.due_on < overdue_on)
        query = sa.select(DataRequest).where(wanted).order_by(DataRequest.due_on, DataRequest.id)
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        count = sa.select(sa.func.count()).select_from(DataRequest).where(wanted)
        return rows, await self._session.scalar(count) or 0

    async def of_customer(self, customer_id: UUID) -> Sequence[DataRequest]:
        """All requests about a customer, newest first."""
        query = sa.select(DataRequest).where(DataRequest.customer_id == customer_id)
        return (await self._session.scalars(query.order_by(DataRequest.id.desc()))).all()

    async def steps_of(self, request_id: UUID) -> Sequence[DataRequestStep]:
        """What was done about a request, in order."""
        query = sa.select(DataRequestStep).where(DataRequestStep.request_id == request_id)
        return (await self._session.scalars(query.order_by(DataRequestStep.id))).all()

    async def remind(self, today: date, days: Sequence[int]) -> list[Any]:
        """Remember and give the reminders that are due today, as rows with their `days`."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_REMIND, today, list(days))

    async def with_old_file(self, now: datetime) -> Sequence[DataRequest]:
        """Requests whose export is to be removed."""
        query = sa.select(DataRequest).where(
            DataRequest.file_id.is_not(None), DataRequest.file_expires_at <= now
        )
        return (await self._session.scalars(query)).all()
