"""The queries that tell who is within which part of the customers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson

from dotmac_core_ops.database import RawConnection
from dotmac_customers.filters.repository import Parameters, where
from dotmac_customers.scoping.part import Part

AnyConnection: TypeAlias = "RawConnection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_RULES = """
SELECT s.id, s.rule::text AS rule FROM unnest($1::uuid[]) AS wanted(id)
JOIN customers.segments s ON s.id = wanted.id WHERE s.kind = 'rule' ORDER BY s.id
"""


async def rules_of(connection: AnyConnection, groups: Collection[UUID]) -> dict[UUID, Any]:
    """The rules, as JSON, of those among `groups` that are segments by rule."""
    rows = await connection.fetch(_RULES, list(groups))
    return {row["id"]: orjson.loads(row["rule"]) for row in rows}


def within(part: Part, parameters: Parameters) -> str:
    """The condition on a customer `c` to be within `part`."""
    ways = [f"c.merged_into_id IS NULL AND {where(rule, parameters)}" for rule in part.rules]
    if part.groups:
        ways.append(f"c.id IN ({_members_of(parameters.place(list(part.groups)))})")
    if len(ways) == 1:
        return ways[0]  # an OR around it would keep PostgreSQL from beginning with it
    return f"({' OR '.join(f'({way})' for way in ways)})" if ways else "false"


async def is_within(connection: AnyConnection, customer_id: UUID, part: Part | None) -> bool:
    """Whether the customer is within `part`; None stands for everybody."""
    if part is None:
        return True
    parameters = Parameters()
    place = parameters.place(customer_id)
    # Names are of this file, values are parameters.
    statement = (
        "SELECT EXISTS (SELECT FROM customers.customers c "  # noqa: S608 - as above
        f"WHERE c.id = {place}::uuid AND {within(part, parameters)})"
    )
    return bool(await connection.fetchval(statement, *parameters.values))


def _members_of(groups: str) -> str:
    """A query for all customers within `groups`, the name of a parameter.

    Members of a list, and a customer with all that is below it.
    """
    return (
        "WITH RECURSIVE branch(id) AS ("  # noqa: S608 - a statement of ours with a parameter's name
        f"SELECT unnest({groups}::uuid[]) UNION "
        "SELECT below.id FROM branch JOIN customers.customers below "
        "ON below.parent_id = branch.id) "
        "SELECT id FROM branch UNION SELECT member.customer_id "
        f"FROM unnest({groups}::uuid[]) AS wanted(id) "
        "JOIN customers.segment_members member ON member.segment_id = wanted.id"
    )
