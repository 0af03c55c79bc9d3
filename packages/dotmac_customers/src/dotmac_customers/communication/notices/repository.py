"""Every query on what is sent to customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import copy_rows, driver_connection
from dotmac_customers.communication.models import NoticeRow
from dotmac_customers.communication.topics import ContactChannel, Topic

_COLUMNS = (
    *("id", "customer_id", "topic", "channel", "subject", "outcome", "reason"),
    *("message_id", "send_at", "created_at"),
)
# Joined, not compared with ANY: see profiles.repository.
_RECIPIENTS = """
SELECT c.id, c.email, c.phone, c.language, c.time_zone, p.is_enabled,
  q.starts_minute, q.ends_minute, q.time_zone AS quiet_zone,
  COALESCE(k.decision = 'given', false) AS has_consented
FROM unnest($1::uuid[]) AS wanted(id)
JOIN customers.customers c ON c.id = wanted.id
LEFT JOIN customers.communication_preferences p
  ON p.customer_id = c.id AND p.channel = $2::text AND p.topic = $3::text
LEFT JOIN customers.quiet_hours q ON q.customer_id = c.id
LEFT JOIN LATERAL (
  SELECT decision FROM customers.consents k
  WHERE k.customer_id = c.id AND k.topic = $3::text AND k.channel = $2::text
  ORDER BY k.id DESC LIMIT 1) k ON true
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A customer as it stands to a topic on a channel; the zones are None when nobody said."""

    id: UUID
    email: str | None
    phone: str | None
    language: str | None
    time_zone: str | None
    wants_it: bool | None
    starts_minute: int | None
    ends_minute: int | None
    quiet_zone: str | None
    has_consented: bool


class NoticeRepository:
    """Notices of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def recipients(
        self, customer_ids: Sequence[UUID], channel: ContactChannel, topic: Topic
    ) -> dict[UUID, Recipient]:
        """Those of the customers that exist."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_RECIPIENTS, list(customer_ids), channel.value, topic.value)
        return {row["id"]: Recipient(*row) for row in rows}

    async def add(self, notices: Iterable[tuple[Any, ...]]) -> int:
        """Write what was decided, in the order of the columns; how many."""
        return await copy_rows(self._session, "customers.notices", notices, columns=_COLUMNS)

    async def page(
        self, customer_id: UUID, *, offset: int, limit: int
    ) -> tuple[Sequence[NoticeRow], int]:
        """What was decided about a customer, newest first, and how many there are."""
        matching = NoticeRow.customer_id == customer_id
        query = sa.select(NoticeRow).where(matching).order_by(NoticeRow.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        counted = sa.select(sa.func.count()).select_from(NoticeRow).where(matching)
        return rows, (await self._session.execute(counted)).scalar_one()
