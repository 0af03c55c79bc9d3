"""Every query that writes customers, and those that read one to change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from dotmac_core_ops.database import RawConnection, copy_rows, driver_connection
from dotmac_customers.profiles.errors import CustomerNumberTakenError, ExternalIdTakenError
from dotmac_customers.profiles.models import Address, Customer, SearchTerm, StateChange
from dotmac_customers.profiles.placement import Place
from dotmac_customers.profiles.profile import POSTAL, Level
from dotmac_customers.profiles.rows import ADDRESS_COLUMNS, TERM_COLUMNS, Row

AnyConnection: TypeAlias = "RawConnection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
"""A driver connection, of a session's transaction or of `Database.read`."""

# One statement, so that two who create customers at once wait for each other here and nowhere else.
_DRAW = (
    "INSERT INTO customers.counters AS c (next_serial, total) VALUES (GREATEST($2, 1) + $1, $3) "
    "ON CONFLICT (tenant_id) DO UPDATE SET next_serial = GREATEST(c.next_serial, $2) + $1, "
    "total = c.total + $3 RETURNING next_serial - $1"
)
_COUNT = sa.text(
    _DRAW.replace("$1", ":numbers").replace("$2", ":not_below").replace("$3", ":customers")
)
# Everything that a new customer is, in one round trip; foreign keys are checked when the whole
# statement is done. Arrays of arrays are taken apart to the last by unnest, so the tags of each
# customer travel as one text with TAG_SEPARATOR, chr(31), between them.
_TEXTS = (
    *("number", "name", "sort_name", "kind", "email", "phone", "state", "state_reason", "tags"),
    *("external_id", "notes", "currency", "time_zone", "given_name", "family_name"),
    *("company_name", "tax_id", "registration_number", "language", "level"),
)
# In the order of `rows.customer_row`, each with how it travels.
_ARRAYS = {
    "id": "uuid",
    **dict.fromkeys(_TEXTS, "text"),
    "parent_id": "uuid",
    "assignee_id": "uuid",
    "custom_fields": "text",
}
_STORED = {"tags": "string_to_array(tags, chr(31))", "custom_fields": "custom_fields::jsonb"}


def _unnested(types: Iterable[str], first: int) -> str:
    return ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(types, first))


_CUSTOMER_WIDTH = len(_ARRAYS)
_AFTER_CUSTOMERS = 2 + _CUSTOMER_WIDTH
_INSERT = (
    "WITH made AS ("  # noqa: S608 - the names are constants of this file
    f"INSERT INTO customers.customers ({', '.join(_ARRAYS)}, version, created_at, updated_at, "
    "activated_at, churned_at) "
    f"SELECT {', '.join(_STORED.get(column, column) for column in _ARRAYS)}, 1, $1, $1, "
    "CASE WHEN state = 'active' THEN $1::timestamptz END, "
    "CASE WHEN state = 'churned' THEN $1::timestamptz END "
    f"FROM unnest({_unnested(_ARRAYS.values(), 2)}) AS new({', '.join(_ARRAYS)})), "
    "addressed AS ("
    f"INSERT INTO customers.addresses ({', '.join(ADDRESS_COLUMNS)}) SELECT * FROM "
    f"unnest({_unnested(('uuid', 'uuid', *['text'] * 7), _AFTER_CUSTOMERS)})) "
    "INSERT INTO customers.search_terms (kind, term, customer_id) SELECT * FROM "
    f"unnest({_unnested(('smallint', 'text', 'uuid'), _AFTER_CUSTOMERS + len(ADDRESS_COLUMNS))})"
)

# Arrays, because a statement takes no more than 32,767 parameters. Joined, not compared with ANY:
# until a table has statistics, PostgreSQL would read all of it and look through the array each row.
_TAKEN = (
    "SELECT c.number, NULL AS external_id FROM unnest($1::text[]) AS wanted(number) "
    "JOIN customers.customers c ON c.number = wanted.number "
    "UNION ALL SELECT NULL, c.external_id FROM unnest($2::text[]) AS wanted(external_id) "
    "JOIN customers.customers c ON c.external_id = wanted.external_id"
)
_IDS = (
    "SELECT c.number, c.id FROM unnest($1::text[]) AS wanted(number) "
    "JOIN customers.customers c ON c.number = wanted.number"
)

# Up from each to the top; a tree has at most a handful of levels, and a circle ends here too.
_PLACES = """
WITH RECURSIVE up AS (
  SELECT c.id AS start, c.level, c.parent_id, 1 AS depth
  FROM unnest($1::uuid[]) AS wanted(id) JOIN customers.customers c ON c.id = wanted.id
  WHERE c.merged_into_id IS NULL
  UNION ALL
  SELECT up.start, up.level, p.parent_id, up.depth + 1
  FROM up JOIN customers.customers p ON p.id = up.parent_id WHERE up.depth < 20
)
SELECT start, level, max(depth) AS depth FROM up GROUP BY start, level
"""
# Who changes a tree holds it alone, who adds a leaf shares it: otherwise two moves that are each
# right could close a circle, or make a tree too deep, between them.
_HOLD_TREE = (
    "SELECT pg_advisory_xact_lock{}(hashtextextended("
    "'customers.tree:' || core.current_tenant()::text, 0))"
)

_COUNT_OWN = """
SELECT count(*) FROM customers.customers WHERE merged_into_id IS NULL AND erased_at IS NULL
"""

INSTANT = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
"""How PostgreSQL writes an instant in our JSON."""

# PostgreSQL makes the JSON, so that the process hands on bytes: a third less work than of rows.
SUMMARY = (
    "'id', c.id, 'number', c.number, 'name', c.name, 'kind', c.kind, 'email', c.email, "
    "'phone', c.phone, 'state', c.state, 'state_reason', c.state_reason, 'tags', c.tags, "
    "'external_id', c.external_id, 'version', c.version, "
    "'level', c.level, 'parent_id', c.parent_id, 'assignee_id', c.assignee_id, "
    "'merged_into_id', c.merged_into_id, "
    f"'created_at', to_char(c.created_at, {INSTANT}), "
    f"'updated_at', to_char(c.updated_at, {INSTANT})"
)
"""The fields of a customer that lists show, for json_build_object."""

_DETAIL = (
    f"{SUMMARY}, 'notes', c.notes, 'currency', c.currency, 'time_zone', c.time_zone, "
    "'given_name', c.given_name, 'family_name', c.family_name, 'company_name', c.company_name, "
    "'tax_id', c.tax_id, 'registration_number', c.registration_number, 'language', c.language, "
    "'custom_fields', c.custom_fields, "
    f"'activated_at', to_char(c.activated_at, {INSTANT}), "
    f"'churned_at', to_char(c.churned_at, {INSTANT}), "
    f"'erased_at', to_char(c.erased_at, {INSTANT}), "
    "'address', CASE WHEN a.id IS NOT NULL THEN json_build_object('line1', a.line1, "
    "'line2', a.line2, 'city', a.city, 'region', a.region, 'postal_code', a.postal_code, "
    "'country', a.country) END"
)
POSTAL_JOIN = (
    "LEFT JOIN customers.addresses a "
    "ON a.customer_id = c.id AND a.kind = 'mailing' AND a.is_primary"
)
"""Brings the postal address as `a`."""

# The parts put together here are constants of this file; values travel as parameters.
_ONE = (
    f"SELECT c.version, json_build_object({_DETAIL})::text AS document "  # noqa: S608 - see above
    f"FROM customers.customers c {POSTAL_JOIN} WHERE c.id = $1"
)


class CustomerRepository:
    """The tenant's customers, for writing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def draw(self, *, numbers: int, not_below: int, customers: int) -> int:
        """Count `customers` more and reserve `numbers` serials; the first of them.

        Serials go on above `not_below`, the highest that somebody gave by hand.
        """
        connection = await driver_connection(self._session)
        first: int = await connection.fetchval(_DRAW, numbers, not_below, customers)
        return first

    def count_at_the_end(self, *, not_below: int, customers: int) -> None:
        """Count `customers` more as the last act of the transaction.

        The count is one row, and whoever writes it holds it until the commit: at the end nobody has
        to wait for long, so that many can bring customers in at the same time.
        """
        sync = self._session.sync_session
        transaction = sync.get_transaction()

        def count(session: Session) -> None:
            if session.get_transaction() is transaction:  # not of a session that went on after it
                bound = {"numbers": 0, "not_below": not_below, "customers": customers}
                session.execute(_COUNT, bound)

        sa.event.listen(sync, "before_commit", count, once=True)

    async def refuse_taken(self, numbers: Sequence[str], external_ids: Sequence[str]) -> None:
        """Refuse those that another customer has, or that stand in the lists twice.

        Raises:
            CustomerNumberTakenError, ExternalIdTakenError: naming them.
        """
        if not numbers and not external_ids:
            return
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_TAKEN, numbers, external_ids)
        if taken := _taken(numbers, {row["number"] for row in rows}):
            raise CustomerNumberTakenError(taken)
        if taken := _taken(external_ids, {row["external_id"] for row in rows}):
            raise ExternalIdTakenError(taken)

    async def insert(
        self,
        customers: Sequence[Row],
        addresses: Sequence[Row],
        terms: Sequence[Row],
        now: datetime,
    ) -> None:
        """Write new customers with their addresses and search terms, rows as `rows` makes them.

        Raises:
            CustomerNumberTakenError, ExternalIdTakenError: another customer has it.
        """
        connection = await driver_connection(self._session)
        arrays = [
            *_columns(customers, width=_CUSTOMER_WIDTH),
            *_columns(addresses, width=len(ADDRESS_COLUMNS)),
            *_columns(terms, width=len(TERM_COLUMNS)),
        ]
        try:
            await connection.execute(_INSERT, now, *arrays)
        except asyncpg.UniqueViolationError as error:
            # Somebody was faster since `refuse_taken`. Under row-level security PostgreSQL does not
            # say which value it was.
            if error.as_dict().get("constraint_name") == "uq_customers_tenant_id_external_id":
                raise ExternalIdTakenError([]) from error
            raise CustomerNumberTakenError([]) from error

    async def places(self, customer_ids: Iterable[UUID]) -> dict[UUID, Place]:
        """Where those among the customers stand that exist and were not merged away."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_PLACES, list(customer_ids))
        return {
            row["start"]: Place(row["start"], Level(row["level"]), row["depth"]) for row in rows
        }

    async def hold_tree(self, *, alone: bool) -> None:
        """Keep the tenant's trees as they are until the transaction ends; `alone` to change one."""
        connection = await driver_connection(self._session)
        await connection.execute(_HOLD_TREE.format("" if alone else "_shared"))

    async def by_id(self, customer_id: UUID, *, for_update: bool = False) -> Customer | None:
        """The customer, if the tenant has it."""
        query = sa.select(Customer).where(Customer.id == customer_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def by_ids(self, customer_ids: Sequence[UUID]) -> Sequence[Customer]:
        """Those of the customers that the tenant has, as they are now."""
        wanted = (
            sa.func.unnest(sa.bindparam("ids", list(customer_ids), sa.ARRAY(sa.Uuid())))
            .table_valued("id")
            .render_derived()
        )
        query = sa.select(Customer).join(wanted, wanted.c.id == Customer.id)
        found = await self._session.scalars(query.execution_options(populate_existing=True))
        return found.all()

    async def ids_by_number(self, numbers: Iterable[str]) -> dict[str, UUID]:
        """The identifiers of those among `numbers` that exist."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_IDS, list(numbers))
        return {row["number"]: row["id"] for row in rows}

    async def address_of(self, customer_id: UUID) -> Address | None:
        """The customer's postal address."""
        query = sa.select(Address).where(
            Address.customer_id == customer_id, Address.kind == POSTAL, Address.is_primary
        )
        return await self._session.scalar(query)

    def add_address(self, address: Address) -> None:
        """Keep a customer's first address."""
        self._session.add(address)

    async def remove_address(self, address: Address) -> Address | None:
        """Forget an address; the oldest other one of its kind takes its place, and is returned."""
        await self._session.delete(address)
        await self._session.flush()  # there may be one primary of a kind at a time
        if not address.is_primary:
            return None
        query = sa.select(Address).where(
            Address.customer_id == address.customer_id, Address.kind == address.kind
        )
        following = await self._session.scalar(query.order_by(Address.id).limit(1))
        if following is not None:
            following.is_primary = True
        return following

    def add_state_change(self, change: StateChange) -> None:
        """Keep a move in the history."""
        self._session.add(change)

    async def save(self, customer: Customer) -> None:
        """Write the changes of `customer` now, to learn of a conflict.

        Raises:
            ExternalIdTakenError: another customer has it.
        """
        external_id = customer.external_id
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise ExternalIdTakenError([external_id or ""]) from error

    async def with_custom_value(
        self, key: str, *, after: UUID | None, limit: int
    ) -> Sequence[Customer]:
        """Customers with a value under `key`, in order of their ids, those behind `after`."""
        query = sa.select(Customer).where(Customer.custom_fields.has_key(key))
        if after is not None:
            query = query.where(Customer.id > after)
        return (await self._session.scalars(query.order_by(Customer.id).limit(limit))).all()

    async def replace_terms_of(
        self, customer_ids: Sequence[UUID], kinds: Sequence[int], rows: Sequence[Row]
    ) -> None:
        """Let many customers be found by exactly these rows (`TERM_COLUMNS`) of these kinds."""
        connection = await driver_connection(self._session)
        await connection.execute(
            "DELETE FROM customers.search_terms t "
            "USING unnest($1::uuid[]) AS g(customer_id), unnest($2::smallint[]) AS k(kind) "
            "WHERE t.kind = k.kind AND t.customer_id = g.customer_id",
            list(customer_ids),
            list(kinds),
        )
        await copy_rows(self._session, "customers.search_terms", rows, columns=TERM_COLUMNS)

    async def replace_terms(self, customer_id: UUID, kind: int, terms: Iterable[str]) -> None:
        """Let the customer be found by exactly these terms of this kind."""
        await self._session.execute(
            sa.delete(SearchTerm).where(
                SearchTerm.customer_id == customer_id, SearchTerm.kind == kind
            )
        )
        rows = [(kind, term, customer_id) for term in terms]
        await copy_rows(self._session, "customers.search_terms", rows, columns=TERM_COLUMNS)


async def has_custom_values(session: AsyncSession, key: str) -> bool:
    """Whether any customer of the tenant has a value under the custom field `key`."""
    connection = await driver_connection(session)
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM customers.customers WHERE custom_fields ? $1)", key
    )
    return found


async def count_own(session: AsyncSession) -> int:
    """How many customers the tenant has for its plan.

    Neither those that became part of another nor those that were erased: nobody is behind them, and
    neither can be changed or come back. Who has left counts: their record is kept, and they may
    return.
    """
    connection = await driver_connection(session)
    return int(await connection.fetchval(_COUNT_OWN))


async def document_of(connection: AnyConnection, customer_id: UUID) -> tuple[str, int] | None:
    """The customer as a JSON object, and its version."""
    row = await connection.fetchrow(_ONE, customer_id)
    return None if row is None else (row["document"], row["version"])


def _columns(rows: Sequence[Row], *, width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]


def _taken(wanted: Sequence[str], existing: set[str]) -> list[str]:
    twice = {name for name, count in Counter(wanted).items() if count > 1}
    return sorted(twice | existing.intersection(wanted))
