"""Every query about trees of customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.filters.repository import Parameters
from dotmac_customers.profiles.repository import SUMMARY, AnyConnection
from dotmac_customers.profiles.rows import EVENT_COLUMNS
from dotmac_customers.scoping.part import Part
from dotmac_customers.scoping.repository import within

# The parts put together here are constants of this file; values travel as parameters. A circle
# cannot be written, and would end here all the same.
_BRANCH = """
WITH RECURSIVE branch AS (
  SELECT c.id, 1 AS depth, ARRAY[c.number] AS path FROM customers.customers c WHERE c.id = $1
  UNION ALL
  SELECT c.id, b.depth + 1, b.path || c.number
  FROM branch b JOIN customers.customers c ON c.parent_id = b.id WHERE b.depth < 20
)
"""
_HEIGHT = f"{_BRANCH} SELECT max(depth) FROM branch"  # noqa: S608 - see above
_BELOW = f"{_BRANCH} SELECT EXISTS (SELECT FROM branch WHERE id = $2)"  # noqa: S608 - see above
_TREE = f"""
{_BRANCH}
SELECT json_agg(json_build_object({SUMMARY}, 'depth', b.depth) ORDER BY b.path)::text
FROM branch b JOIN customers.customers c ON c.id = b.id WHERE
"""  # noqa: S608 - see above
_TOTALS = f"""
{_BRANCH}
SELECT count(*) AS customers, max(b.depth) AS levels,
       count(*) FILTER (WHERE c.level = 'sub_account') AS sub_accounts,
       count(*) FILTER (WHERE c.level = 'site') AS sites,
       count(*) FILTER (WHERE c.state = 'active') AS active,
       count(*) FILTER (WHERE c.state = 'suspended') AS suspended,
       count(*) FILTER (WHERE c.state = 'churned') AS churned
FROM branch b JOIN customers.customers c ON c.id = b.id WHERE
"""  # noqa: S608 - see above
_ABOVE = """
WITH RECURSIVE up AS (
  SELECT c.id, c.parent_id, 1 AS height
  FROM customers.customers c WHERE c.id = $1
  UNION ALL
  SELECT p.id, p.parent_id, up.height + 1
  FROM up JOIN customers.customers p ON p.id = up.parent_id WHERE up.height < 20
)
SELECT c.id::text, c.number, c.name, c.level
FROM up JOIN customers.customers c ON c.id = up.id WHERE up.height > 1 AND
"""
_MOVE = f"""
UPDATE customers.customers c
SET parent_id = $2, level = $3, version = c.version + 1, updated_at = $4
WHERE c.id = $1 RETURNING {EVENT_COLUMNS}
"""  # noqa: S608 - see above


class HierarchyRepository:
    """Trees of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def height(self, customer_id: UUID) -> int:
        """How many levels the branch has, the customer's own included."""
        connection = await driver_connection(self._session)
        return int(await connection.fetchval(_HEIGHT, customer_id))

    async def is_below(self, customer_id: UUID, other_id: UUID) -> bool:
        """Whether `other_id` is the customer, or stands anywhere below it."""
        connection = await driver_connection(self._session)
        return bool(await connection.fetchval(_BELOW, customer_id, other_id))

    async def move(
        self, customer_id: UUID, parent_id: UUID | None, level: str, now: datetime
    ) -> asyncpg.Record:
        """Put the customer, and all that stands below it, somewhere else."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_MOVE, customer_id, parent_id, level, now)
        assert row is not None  # it was loaded before, and customers are never deleted
        return row


async def branch_of(connection: AnyConnection, customer_id: UUID, part: Part | None) -> str:
    """The customer and all below it as a JSON array, each behind the one it stands under.

    Here and below, who is not within `part` is left out; None stands for everybody.
    """
    parameters, seen = _seen(customer_id, part)
    document: str = await connection.fetchval(_TREE + seen, *parameters.values)
    return document


async def totals_of(
    connection: AnyConnection, customer_id: UUID, part: Part | None
) -> asyncpg.Record:
    """What the branch amounts to, in one row."""
    parameters, seen = _seen(customer_id, part)
    row = await connection.fetchrow(_TOTALS + seen, *parameters.values)
    assert row is not None  # an aggregate has a row of nothing too
    return row


async def above(
    connection: AnyConnection, customer_id: UUID, part: Part | None
) -> list[asyncpg.Record]:
    """The customers above, the account at the top first."""
    parameters, seen = _seen(customer_id, part)
    statement = f"{_ABOVE} {seen} ORDER BY up.height DESC"
    return await connection.fetch(statement, *parameters.values)


def _seen(customer_id: UUID, part: Part | None) -> tuple[Parameters, str]:
    """The parameters, of which the customer is the first, and the condition to be within."""
    parameters = Parameters()
    parameters.place(customer_id)
    return parameters, "true" if part is None else within(part, parameters)
