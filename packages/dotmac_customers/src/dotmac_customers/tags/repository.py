"""Every query about tags, and the one statement that gives and takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.filters.repository import Parameters, where_target
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.rows import EVENT_COLUMNS
from dotmac_customers.profiles.rules import MOST_TAGS
from dotmac_customers.profiles.search_terms import TAG
from dotmac_customers.tags.errors import TagNameTakenError
from dotmac_customers.tags.models import TagDefinition

# The parts put together here are constants of this file; values travel as parameters.
_COUNTS = f"""
SELECT term, count(*) AS customers FROM customers.search_terms
WHERE kind = {TAG} AND term IN (SELECT * FROM unnest($1::text[])) GROUP BY term
"""  # noqa: S608 - see above
# Sorted by code point, as Python sorts them when a customer is made.
_RETAG = """
WITH wanted AS (
  SELECT c.id, n.tags, c.tags AS old FROM customers.customers c
  CROSS JOIN LATERAL (SELECT ARRAY(
    SELECT DISTINCT t COLLATE "C" FROM unnest(c.tags || {add}::text[]) AS has(t)
    WHERE t <> ALL ({remove}::text[]) ORDER BY 1) AS tags) n
  WHERE {where} AND n.tags <> c.tags AND cardinality(n.tags) <= {most}
  ORDER BY c.id FOR NO KEY UPDATE OF c
), changed AS (
  UPDATE customers.customers c
  SET tags = wanted.tags, version = version + 1, updated_at = {now}
  FROM wanted WHERE wanted.id = c.id RETURNING {columns}
), taken AS (
  DELETE FROM customers.search_terms s USING wanted
  WHERE s.kind = {kind} AND s.customer_id = wanted.id
    AND s.term IN (SELECT * FROM unnest({remove}::text[]))
), given AS (
  INSERT INTO customers.search_terms (kind, term, customer_id)
  SELECT {kind}, a.term, wanted.id FROM wanted CROSS JOIN unnest({add}::text[]) AS a(term)
  WHERE a.term <> ALL (wanted.old) AND a.term <> ALL ({remove}::text[])
  ON CONFLICT DO NOTHING
)
SELECT * FROM changed
"""


class TagRepository:
    """Tags of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[TagDefinition]:
        """All definitions by name."""
        query = sa.select(TagDefinition).order_by(TagDefinition.name)
        return (await self._session.scalars(query)).all()

    async def with_rule(self) -> Sequence[TagDefinition]:
        """Those that a rule gives."""
        query = sa.select(TagDefinition).where(TagDefinition.rule.is_not(None))
        return (await self._session.scalars(query.order_by(TagDefinition.name))).all()

    async def by_id(self, tag_id: UUID, *, for_update: bool = False) -> TagDefinition | None:
        """The definition, if the tenant has it."""
        query = sa.select(TagDefinition).where(TagDefinition.id == tag_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def counts(self, names: Sequence[str]) -> Mapping[str, int]:
        """How many customers have each of the tags; those that nobody has are left out."""
        connection = await driver_connection(self._session)
        return {row["term"]: row["customers"] for row in await connection.fetch(_COUNTS, names)}

    async def save(self, tag: TagDefinition) -> None:
        """Write it now, to learn of a conflict.

        Raises:
            TagNameTakenError: another definition has the name.
        """
        name = tag.name
        try:
            async with self._session.begin_nested():
                self._session.add(tag)
        except IntegrityError as error:
            raise TagNameTakenError(name) from error

    async def remove(self, tag: TagDefinition) -> None:
        """Forget a definition."""
        await self._session.delete(tag)

    async def retag(
        self, target: Target, *, add: Sequence[str], remove: Sequence[str], now: datetime
    ) -> list[asyncpg.Record]:
        """Give and take tags in one statement; the changed customers, for `stored_event`.

        Who has the wanted tags already is not touched, nor who would have more than fifty.
        """
        parameters = Parameters()
        statement = _RETAG.format(
            add=parameters.place(list(add)),
            remove=parameters.place(list(remove)),
            now=parameters.place(now),
            where=where_target(target, parameters),
            most=MOST_TAGS,
            kind=TAG,
            columns=EVENT_COLUMNS,
        )
        connection = await driver_connection(self._session)
        return await connection.fetch(statement, *parameters.values)
