"""Who is there already, and what a file brought, set-wise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_ids
from dotmac_customers.imports.row_decision import Key, Known
from dotmac_customers.profiles.profile import POSTAL

DIGEST = f"""
md5((
  jsonb_strip_nulls(to_jsonb(c) - ARRAY['version', 'updated_at', 'tags'])
  || jsonb_build_object('address', (
    SELECT jsonb_strip_nulls(to_jsonb(a) - ARRAY['id', 'version']) FROM customers.addresses a
    WHERE a.customer_id = c.id AND a.kind = '{POSTAL}' AND a.is_primary))
)::text)
"""  # noqa: S608 - the name of a kind of address
"""All that a customer `c` is; without its tags, which rules give and take at any time."""

# Joined, not compared with ANY: until a table has statistics PostgreSQL would read all of it.
_KNOWN = """
SELECT 'number' AS field, c.number AS value, c.id, c.merged_into_id IS NOT NULL AS is_merged,
       c.erased_at IS NOT NULL AS is_erased
FROM unnest($1::text[]) AS w(value) JOIN customers.customers c ON c.number = w.value
UNION ALL
SELECT 'external_id', c.external_id, c.id, c.merged_into_id IS NOT NULL, c.erased_at IS NOT NULL
FROM unnest($2::text[]) AS w(value) JOIN customers.customers c ON c.external_id = w.value
"""
_KEEP = f"""
INSERT INTO customers.imported_customers (id, import_id, line, customer_id, digest, before)
SELECT n.id, $1, n.line, c.id, {DIGEST}, n.before::jsonb
FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[]) AS n(id, line, customer_id, before)
JOIN customers.customers c ON c.id = n.customer_id
"""  # noqa: S608 - the name of a kind of address
# Two imports of a tenant take turns: each finds whole what the other brought.
_ALONE = (
    "SELECT pg_advisory_xact_lock(hashtextextended("
    "'customers.import:' || core.current_tenant()::text, 0))"
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A customer that a line made or changed; `before` None for one that was made."""

    line: int
    customer_id: UUID
    before: dict[str, Any] | None


class RunningRepository:
    """Customers of the session's tenant, as an import asks for them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold_alone(self) -> None:
        """Let no other import of the tenant bring anything until the transaction ends."""
        connection = await driver_connection(self._session)
        await connection.execute(_ALONE)

    async def known(self, keys: Iterable[Key]) -> dict[Key, Known]:
        """Which of these numbers and external ids exist, and whose they are."""
        listed = list(keys)
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            _KNOWN, *([value for name, value in listed if name == field] for field in _KEYS)
        )
        return {
            (row["field"], row["value"]): Known(row["id"], row["is_merged"], row["is_erased"])
            for row in rows
        }

    async def keep(self, import_id: UUID, brought: Sequence[Brought]) -> None:
        """Keep which lines made and changed whom, and what those customers are now."""
        connection = await driver_connection(self._session)
        await connection.execute(
            _KEEP,
            import_id,
            new_ids(len(brought)),
            [one.line for one in brought],
            [one.customer_id for one in brought],
            [None if one.before is None else orjson.dumps(one.before).decode() for one in brought],
        )


_KEYS = ("number", "external_id")
