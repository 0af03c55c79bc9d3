"""The one query that tells what is subscribed to today."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.access.effective import Grant
from dotmac_core_ops.database import driver_connection

# Access is judged by dates, not by states, so that it ends on its day whenever the roll runs. A
# paused subscription gives none.
_GRANTS = """
WITH wanted AS (
  SELECT s.id, s.plan_version_id, s.features,
         ($3::timestamptz AT TIME ZONE s.time_zone)::date AS today, s.paused_on, s.resume_on,
         s.start_on, s.end_on, s.access_until
  FROM billing.subscriptions s
  WHERE ($1::uuid IS NULL OR s.customer_id = $1) AND ($2::uuid IS NULL OR s.id = $2)
), open AS (
  SELECT * FROM wanted
  WHERE start_on <= today AND (coalesce(access_until, end_on) IS NULL
                               OR today < coalesce(access_until, end_on))
    AND NOT coalesce(paused_on <= today AND (resume_on IS NULL OR today < resume_on), false)
)
SELECT o.id, false AS is_add_on, 1::numeric AS quantity, v.features, o.features AS overrides
FROM open o JOIN billing.plan_versions v ON v.id = o.plan_version_id
UNION ALL
SELECT o.id, true, max(i.quantity), v.features, o.features
FROM open o
JOIN billing.subscription_items i ON i.subscription_id = o.id
  AND (i.starts_on IS NULL OR i.starts_on <= o.today)
  AND (i.ends_on IS NULL OR o.today < i.ends_on)
JOIN billing.price_components c ON c.id = i.component_id
JOIN billing.plan_versions v ON v.id = c.plan_version_id
JOIN billing.plans p ON p.id = v.plan_id AND p.is_add_on
GROUP BY o.id, o.features, v.id, v.features
"""


class AccessRepository:
    """Reads the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def grants(
        self, now: datetime, *, customer_id: UUID | None = None, subscription_id: UUID | None = None
    ) -> list[Grant]:
        """What a customer, or a subscription, has on the day it is now where it is."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_GRANTS, customer_id, subscription_id, now)
        return [Grant(row[0], row[1], row[2], _parsed(row[3]), _parsed(row[4])) for row in rows]


def _parsed(document: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return json.loads(document) if isinstance(document, str) else document
