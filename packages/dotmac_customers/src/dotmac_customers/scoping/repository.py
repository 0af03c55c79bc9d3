"""The queries that tell who is within which customer groups."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias
from uuid import UUID

import asyncpg

from dotmac_core_ops.database import RawConnection

AnyConnection: TypeAlias = "RawConnection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"


def members_of(groups: str) -> str:
    """A query for the identifiers of all customers within `groups`, the name of a parameter.

    Members of a segment, and a customer with all that is below it.
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


_IS_WITHIN = f"SELECT $1::uuid IN ({members_of('$2')})"


async def is_within(
    connection: AnyConnection, customer_id: UUID, groups: Collection[UUID] | None
) -> bool:
    """Whether the customer is within one of `groups`; None stands for everywhere."""
    if groups is None:
        return True
    return bool(await connection.fetchval(_IS_WITHIN, customer_id, list(groups)))
