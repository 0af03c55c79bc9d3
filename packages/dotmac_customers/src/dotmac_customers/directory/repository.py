"""Every query that reads many customers: a page, all of them.

Conditions are of the kind that an index answers below row-level security (see
`profiles.search_terms`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import asyncpg

from dotmac_customers.directory.filters import Wanted
from dotmac_customers.filters.repository import Parameters, on_list, where
from dotmac_customers.profiles.repository import INSTANT, POSTAL_JOIN, SUMMARY, AnyConnection
from dotmac_customers.profiles.search_terms import (
    CONTACT,
    FIELD,
    TAG,
    WORD,
    after_prefix,
    field_term,
    query_terms,
)
from dotmac_customers.scoping.repository import within

# The parts put together here are constants of this file; values travel as parameters.
_COUNTED = "COALESCE((SELECT total FROM customers.counters), 0)"
# Identifiers are made in order of creation, and every index ends with one: no instant is compared.
_ORDERED_BY = {"created_at": ("id",), "name": ("sort_name", "id"), "number": ("number", "id")}
_EXPORTED = (
    "c.number, c.external_id, c.name, c.kind, c.given_name, c.family_name, c.company_name, "
    "c.email, c.phone, c.state, c.state_reason, c.tags, c.currency, c.time_zone, c.language, "
    "c.tax_id, c.registration_number, c.notes, "
    "a.line1, a.line2, a.postal_code, a.city, a.region, a.country, "
    f"to_char(c.created_at, {INSTANT}) AS created_at, c.custom_fields::text AS custom_fields"
)
_EXPORT_CHUNK = 1000

# What somebody types may be the customer's, or one of its contacts'.
_WORDS = (WORD, CONTACT)

# A plan for any word reads all customers, in case the word is a common one; planning for the word
# that was typed takes half a millisecond and spares twenty. It ends with the transaction.
_PLANNED_FOR_VALUES = "SET LOCAL plan_cache_mode = force_custom_plan"

# So many are sooner looked up and sorted than met on a walk along the order.
_FEW = 1000

# How alike two words are, between 0 and 1, to count as a misspelling of each other.
_ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Found:
    """A page as a JSON array, and how many customers match in all."""

    documents: str
    total: int


class _Conditions(Parameters):
    """What the customers of a list have in common, and the parameters of the statement."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self._found_by: list[str] = []
        # These are written out, not passed: the index of those who are not active is used only
        # where the statement itself says so. All are members of an enumeration.
        self._parts = [
            f"c.{column} = '{value.value}'"
            for column, value in (
                *(("state", wanted.state), ("kind", wanted.kind)),
                ("level", wanted.level),
            )
            if value is not None
        ]
        for column, value in (
            *(("parent_id", wanted.parent_id), ("assignee_id", wanted.assignee_id)),
        ):
            if value is not None:
                self._parts.append(f"c.{column} = {self.place(value)}")
        if wanted.created_after is not None:
            self._parts.append(f"c.created_at >= {self.place(wanted.created_after)}")
        if wanted.created_before is not None:
            self._parts.append(f"c.created_at < {self.place(wanted.created_before)}")
        if wanted.within is not None:
            self._parts.append(within(wanted.within, self))
        if wanted.tag is not None:
            self._find_by((TAG,), f"term = {self.place(wanted.tag)}")
        for key, text in wanted.field_values:
            self._find_by((FIELD,), f"term = {self.place(field_term(key, text))}")
        if wanted.list_id is not None:
            self._parts.append(on_list(self.place(wanted.list_id)))
        if wanted.expression is not None:
            self._parts.append(where(wanted.expression, self))

    def begins(self, terms: Sequence[str]) -> None:
        """A word begins with each of `terms`."""
        for term in terms:
            start, end = self.place(term), self.place(after_prefix(term))
            self._find_by(_WORDS, f"term >= {start} AND term < {end}")

    def resembles(self, terms: Sequence[str], schema: str) -> None:
        """A word is spelled much like each of `terms`; the first letter is taken as right."""
        for term in terms:
            start, end = self.place(term[0]), self.place(after_prefix(term[0]))
            alike = f"{schema}.similarity(term, {self.place(term)}) >= {_ALIKE}"
            self._find_by(_WORDS, f"term >= {start} AND term < {end} AND {alike}")

    @property
    def are_of_terms(self) -> bool:
        """Whether the index of terms alone tells who is wanted."""
        return bool(self._found_by) and not self._parts

    @property
    def found(self) -> str:
        """The query for those who are found by all terms.

        INTERSECT reads each range once. The planner by itself takes a range of words for almost
        empty, and looks through all of one for each customer of the other.
        """
        return " INTERSECT ".join(self._found_by)

    @property
    def where(self) -> str:
        """The clause, empty without conditions."""
        parts = list(self._parts)
        if self._found_by:
            parts.append(f"c.id IN ({self.found})")
        return f"WHERE {' AND '.join(parts)}" if parts else ""

    def _find_by(self, kinds: Sequence[int], condition: str) -> None:
        self._found_by.append(
            "SELECT customer_id FROM customers.search_terms "  # noqa: S608 - as above
            f"WHERE kind IN ({', '.join(map(str, kinds))}) AND {condition}"
        )


async def page(connection: AnyConnection, wanted: Wanted, *, offset: int, limit: int) -> Found:
    """A page of the customers that are wanted.

    Where nobody is found by what was typed, those who are found by something spelled much like it
    are taken instead, if PostgreSQL has pg_trgm.
    """
    terms = query_terms(wanted.q) if wanted.q else []
    if terms or wanted.tag or wanted.field_values:
        await connection.execute(_PLANNED_FOR_VALUES)
    conditions = _Conditions(wanted)
    conditions.begins(terms)
    found = await _page(connection, wanted, conditions, offset=offset, limit=limit)
    if found.total or not terms or not all(term.isalpha() for term in terms):
        return found  # nobody means another number than the one they typed
    schema = await connection.fetchval(
        "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'"
    )
    if schema is None:
        return found
    conditions = _Conditions(wanted)
    conditions.resembles(terms, schema)
    return await _page(connection, wanted, conditions, offset=offset, limit=limit)


async def export(connection: AnyConnection, wanted: Wanted) -> AsyncIterator[list[asyncpg.Record]]:
    """All customers that are wanted, a thousand at a time, for `exported_row`."""
    conditions = _Conditions(wanted)
    conditions.begins(query_terms(wanted.q) if wanted.q else [])
    statement = (
        f"SELECT {_EXPORTED} FROM customers.customers c {POSTAL_JOIN} "  # noqa: S608 - as above
        f"{conditions.where} ORDER BY {_order(wanted)}"
    )
    cursor = await connection.cursor(statement, *conditions.values)
    while rows := await cursor.fetch(_EXPORT_CHUNK):
        yield rows


async def _page_of_found(
    connection: AnyConnection,
    wanted: Wanted,
    conditions: _Conditions,
    *,
    offset: int,
    limit: int,
) -> Found:
    """A page where words, tags or fields are all that is asked for.

    The index of terms alone tells who they are and how many. Of many, the page is found early by
    walking along the order that is wanted; few are looked up and sorted.
    """
    order = _order(wanted)
    columns = ", ".join({"c.id": None, **{f"c.{c}": None for c in _ORDERED_BY[wanted.sort]}})
    # As values, not seen through a sub-select: the walk is chosen for being short.
    window = f"LIMIT {conditions.place(limit)}::bigint OFFSET {conditions.place(offset)}::bigint"
    statement = (
        f"WITH found AS MATERIALIZED (SELECT DISTINCT customer_id AS id FROM "  # noqa: S608 - as above
        f"({conditions.found}) AS terms), "
        "size AS MATERIALIZED (SELECT count(*) AS n FROM found) "
        f"SELECT COALESCE(json_agg(json_build_object({SUMMARY}) ORDER BY {order}), '[]')::text "
        "AS documents, (SELECT n FROM size) AS total "
        "FROM customers.customers c WHERE c.id = ANY (ARRAY(SELECT c.id FROM ("
        f"(SELECT {columns} FROM customers.customers c WHERE (SELECT n FROM size) > {_FEW} "
        # COALESCE keeps the planner from making a join of it, which would look at all of them.
        f"AND COALESCE(c.id IN (SELECT id FROM found), false) ORDER BY {order} {window}) "
        f"UNION ALL (SELECT {columns} FROM found f JOIN customers.customers c ON c.id = f.id "
        f"WHERE (SELECT n FROM size) <= {_FEW} ORDER BY {order} {window})) c))"
    )
    row = await connection.fetchrow(statement, *conditions.values)
    assert row is not None
    return Found(row["documents"], row["total"])


async def _page(
    connection: AnyConnection,
    wanted: Wanted,
    conditions: _Conditions,
    *,
    offset: int,
    limit: int,
) -> Found:
    if conditions.are_of_terms:
        return await _page_of_found(connection, wanted, conditions, offset=offset, limit=limit)
    order = _order(wanted)
    columns = ", ".join(f"c.{column}" for column in _ORDERED_BY[wanted.sort])
    matching = f"SELECT {columns} FROM customers.customers c {conditions.where}"  # noqa: S608 - as above
    # The page is cut out of bare keys first, and documents are made of what is left.
    keys, total = f"({matching}) c", _total(wanted)
    if total is None:
        keys, total = "matching c", "(SELECT count(*) FROM matching)"
        matching = f"WITH matching AS MATERIALIZED ({matching}) "
    else:
        matching = ""
    # Seen through a sub-select, limit and offset tell the planner nothing, so that one plan serves
    # all pages: planning each anew took as long as reading it.
    statement = (
        f"{matching}SELECT COALESCE("  # noqa: S608 - as above
        f"json_agg(json_build_object({SUMMARY}) ORDER BY {order}), '[]')::text AS documents, "
        f"{total} AS total FROM customers.customers c WHERE c.id = ANY (ARRAY("
        f"SELECT c.id FROM {keys} ORDER BY {order} "
        f"LIMIT (SELECT {conditions.place(limit)}::bigint) "
        f"OFFSET (SELECT {conditions.place(offset)}::bigint)))"
    )
    row = await connection.fetchrow(statement, *conditions.values)
    assert row is not None
    return Found(row["documents"], row["total"])


def _total(wanted: Wanted) -> str | None:
    """How many there are, where that is known without looking at them."""
    if wanted.is_everybody:
        return _COUNTED
    if wanted.is_everybody_active:
        # The others are few and have an index of their own.
        return f"{_COUNTED} - (SELECT count(*) FROM customers.customers WHERE state <> 'active')"  # noqa: S608 - as above
    if wanted.is_everybody_residential:
        return (
            f"{_COUNTED} - (SELECT count(*) FROM customers.customers WHERE kind <> 'residential')"  # noqa: S608 - as above
        )
    return None


def _order(wanted: Wanted) -> str:
    direction = " DESC" if wanted.descending else ""
    return ", ".join(f"c.{column}{direction}" for column in _ORDERED_BY[wanted.sort])
