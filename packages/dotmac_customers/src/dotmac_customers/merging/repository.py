"""Every query that finds duplicates, and those that move what belongs to one to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.merging.likeness import CERTAIN, MOST_SHARING, WEIGHTS
from dotmac_customers.merging.models import Merge
from dotmac_customers.profiles.search_terms import FIELD, TAG

# The parts put together here are constants of this file and names of our own tables; values travel
# as parameters. Digits of a telephone number are compared from the end: one has a country in front.
_PAIRS = f"""
WITH keys AS MATERIALIZED (
  SELECT c.id, 'email' AS sign, c.email AS key FROM customers.customers c
  WHERE c.email IS NOT NULL AND c.merged_into_id IS NULL
  UNION ALL
  SELECT c.id, 'phone', right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 8)
  FROM customers.customers c
  WHERE length(regexp_replace(c.phone, '[^0-9]', '', 'g')) >= 8 AND c.merged_into_id IS NULL
  UNION ALL
  SELECT c.id, 'tax_id', upper(regexp_replace(c.tax_id, '[^[:alnum:]]', '', 'g'))
  FROM customers.customers c WHERE c.tax_id IS NOT NULL AND c.merged_into_id IS NULL
  UNION
  SELECT c.id, 'name_and_postal_code',
         c.sort_name || '|' || upper(regexp_replace(a.postal_code, '[^[:alnum:]]', '', 'g'))
  FROM customers.customers c JOIN customers.addresses a ON a.customer_id = c.id
  WHERE a.postal_code IS NOT NULL AND c.merged_into_id IS NULL
), shared AS (
  SELECT sign, key FROM keys GROUP BY sign, key HAVING count(*) BETWEEN 2 AND {MOST_SHARING}
), pairs AS (
  SELECT one.id AS one_id, other.id AS other_id, array_agg(one.sign ORDER BY one.sign) AS signs,
         LEAST(sum(w.weight), {CERTAIN})::integer AS score
  FROM shared
  JOIN keys one ON one.sign = shared.sign AND one.key = shared.key
  JOIN keys other ON other.sign = one.sign AND other.key = one.key AND other.id > one.id
  JOIN unnest($1::text[], $2::integer[]) AS w(sign, weight) ON w.sign = one.sign
  WHERE $3::uuid IS NULL OR one.id = $3 OR other.id = $3
  GROUP BY one.id, other.id
)
SELECT p.one_id, p.other_id, p.signs, p.score, count(*) OVER () AS total,
       one.number AS one_number, one.name AS one_name, one.email AS one_email,
       other.number AS other_number, other.name AS other_name, other.email AS other_email
FROM pairs p
JOIN customers.customers one ON one.id = p.one_id
JOIN customers.customers other ON other.id = p.other_id
WHERE p.score >= $4 ORDER BY p.score DESC, p.one_id, p.other_id LIMIT $5 OFFSET $6
"""  # noqa: S608 - see above
_MAY_UPDATE = """
SELECT name FROM unnest($1::text[]) AS own(name) WHERE has_table_privilege(name, 'UPDATE')
"""
_SEGMENTS = """
WITH gone AS (DELETE FROM customers.segment_members WHERE customer_id = $2 RETURNING segment_id)
INSERT INTO customers.segment_members (segment_id, customer_id)
SELECT segment_id, $1::uuid FROM gone ON CONFLICT DO NOTHING
"""
_CHILDREN = """
UPDATE customers.customers SET parent_id = $1, version = version + 1
WHERE parent_id = $2 AND id <> $1
"""
_MERGED_BEFORE = "UPDATE customers.customers SET merged_into_id = $1 WHERE merged_into_id = $2"
_UNFINDABLE = f"""
DELETE FROM customers.search_terms WHERE customer_id = $1 AND kind IN ({TAG}, {FIELD})
"""  # noqa: S608 - see above

# What tells of the past stays with the customer it happened to, and what is kept up elsewhere.
_STAYS = frozenset({"customers", "search_terms", "segment_members", "merges", "state_changes"})


class MergeRepository:
    """Duplicates among the session's tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def pairs(
        self, customer_id: UUID | None, *, least: int, offset: int, limit: int
    ) -> Sequence[asyncpg.Record]:
        """Pairs that may be one, the surest first: of everybody, or of one customer."""
        connection = await driver_connection(self._session)
        signs, weights = list(WEIGHTS), list(WEIGHTS.values())
        return await connection.fetch(_PAIRS, signs, weights, customer_id, least, limit, offset)

    async def move_rows(self, kept_id: UUID, merged_id: UUID) -> dict[str, int]:
        """Give the kept customer the rows of the other; how many of each table.

        A row that the kept one has its own of (the same key) stays where it is, and no second
        becomes primary. Tables that are only added to keep what they say.
        """
        connection = await driver_connection(self._session)
        tables = {f"{table.schema}.{table.name}": table for table in _tables_of_customers()}
        movable = await connection.fetch(_MAY_UPDATE, sorted(tables))
        moved = {}
        for row in movable:
            status = await connection.execute(_move(tables[row["name"]]), kept_id, merged_id)
            if count := _count(status):
                moved[tables[row["name"]].name] = count
        await connection.execute(_SEGMENTS, kept_id, merged_id)
        await connection.execute(_UNFINDABLE, merged_id)
        return moved

    async def move_children(self, kept_id: UUID, merged_id: UUID) -> int:
        """Let those who stand below the one stand below the other; how many."""
        connection = await driver_connection(self._session)
        return _count(await connection.execute(_CHILDREN, kept_id, merged_id))

    async def follow(self, kept_id: UUID, merged_id: UUID) -> None:
        """Let those who were merged into the one before lead to the other."""
        connection = await driver_connection(self._session)
        await connection.execute(_MERGED_BEFORE, kept_id, merged_id)

    def add(self, merge: Merge) -> None:
        """Keep the merge."""
        self._session.add(merge)


def _tables_of_customers() -> Iterable[sa.Table]:
    """Whatever belongs to a customer, in this package and added to it later."""
    return (
        table
        for table in CustomersBase.metadata.sorted_tables
        if "customer_id" in table.c and table.name not in _STAYS
    )


def _move(table: sa.Table) -> str:
    name = f"{table.schema}.{table.name}"
    sets = ["customer_id = $1"]
    if "is_primary" in table.c:
        keys = _keys(table, of_primary=True) or [[]]
        second = " OR ".join(_kept_has(name, key, " AND k.is_primary") for key in keys)
        sets.append(f"is_primary = t.is_primary AND NOT ({second})")
    conditions = ["t.customer_id = $2"]
    conditions += [f"NOT {_kept_has(name, key)}" for key in _keys(table, of_primary=False)]
    return f"UPDATE {name} t SET {', '.join(sets)} WHERE {' AND '.join(conditions)}"  # noqa: S608 - as above


def _kept_has(table: str, key: Sequence[str], more: str = "") -> str:
    same = "".join(f" AND k.{column} IS NOT DISTINCT FROM t.{column}" for column in key)
    return f"EXISTS (SELECT FROM {table} k WHERE k.customer_id = $1{same}{more})"


def _keys(table: sa.Table, *, of_primary: bool) -> list[list[str]]:
    """What besides the customer makes a row the only one: of its unique keys and indexes."""
    found = [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint) and not of_primary
    ]
    found += [
        [column.name for column in index.columns]
        for index in table.indexes
        if index.unique and ("is_primary" in _where(index)) is of_primary
    ]
    return [
        [column for column in key if column not in ("tenant_id", "customer_id")]
        for key in found
        if "customer_id" in key
    ]


def _where(index: sa.Index) -> str:
    return str(index.dialect_options["postgresql"].get("where"))


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])
