"""Every query of payments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.payments.credit import CreditRows, PaymentKind
from dotmac_billing.payments.models import Payment, PaymentAllocation, PaymentBalance
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

_PAYMENT = (
    *("id", "customer_id", "amount", "currency", "method", "received_on"),
    *("reference", "external_id", "created_at", "withheld"),
)
_CREDIT_COLUMNS = (
    *("id", "customer_id", "amount", "currency", "method", "received_on"),
    *("reference", "kind", "source_id", "created_at"),
)
_BALANCE = ("id", "customer_id", "currency", "received_on", "unapplied")
_ALLOCATION = ("id", "payment_id", "invoice_id", "amount", "allocated_on")

# Joined to the wanted ids, not compared with an array: until a table has statistics, PostgreSQL
# would read all of it and look through the array for each row.
# Credit is taken in one order by everybody, so that two who take from one customer cannot deadlock.
_CREDIT = """
SELECT b.id, b.customer_id, b.currency, b.received_on, b.unapplied
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.payment_balances b ON b.customer_id = wanted.id AND b.unapplied > 0
ORDER BY b.received_on, b.id FOR NO KEY UPDATE OF b
"""
_SPEND = """
UPDATE billing.payment_balances b SET unapplied = b.unapplied - s.amount
FROM unnest($1::uuid[], $2::numeric[]) AS s(id, amount)
WHERE b.id = s.id
"""
_KNOWN = """
SELECT p.external_id FROM unnest($1::text[]) AS wanted(external_id)
JOIN billing.payments p ON p.external_id = wanted.external_id
"""
_PAYERS = """
SELECT c.id, c.currency, c.time_zone FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.customers c ON c.id = wanted.id
"""


def allocation_table(allocations: Sequence[tuple[Any, ...]]) -> TableRows:
    """Allocations (id, payment, invoice, amount, day), for `copy_tables`."""
    return TableRows(table_of(PaymentAllocation), _ALLOCATION, allocations)


def credit_tables(rows: CreditRows) -> list[TableRows]:
    """What `credit_rows` made, for `copy_tables`."""
    return [
        TableRows(table_of(Payment), _CREDIT_COLUMNS, rows.payments),
        TableRows(table_of(PaymentBalance), _BALANCE, rows.balances),
    ]


@dataclass(frozen=True)
class PaymentFilter:
    """Which payments are wanted; None does not narrow, days are included.

    Without a `kind` it is money that came in, and not credit that counts as if it had.
    """

    customer_id: UUID | None = None
    received_from: date | None = None
    received_to: date | None = None
    kind: PaymentKind = PaymentKind.PAYMENT


class PaymentRepository:
    """Payments of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def credit(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """What is left of these customers' payments, oldest first; locked until commit."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_CREDIT, list(customer_ids))

    async def spend(self, spent: Mapping[UUID, Decimal]) -> None:
        """Take amounts off what is left of the payments."""
        if spent:
            connection = await driver_connection(self._session)
            await connection.execute(_SPEND, list(spent), list(spent.values()))

    async def known(self, external_ids: Collection[str]) -> set[str]:
        """Those of `external_ids` that a payment has already."""
        connection = await driver_connection(self._session)
        return {row[0] for row in await connection.fetch(_KNOWN, list(external_ids))}

    async def payers(self, customer_ids: Collection[UUID]) -> dict[UUID, asyncpg.Record]:
        """Currency and zone of those of these customers that exist."""
        connection = await driver_connection(self._session)
        return {row["id"]: row for row in await connection.fetch(_PAYERS, list(customer_ids))}

    async def add(
        self,
        payments: Sequence[tuple[Any, ...]],
        balances: Sequence[tuple[Any, ...]],
        allocations: Sequence[tuple[Any, ...]],
        *more: TableRows,
    ) -> None:
        """Write payments, what is left of each, what they pay, and what belongs to them."""
        await copy_tables(
            self._session,
            [
                TableRows(table_of(Payment), _PAYMENT, payments),
                TableRows(table_of(PaymentBalance), _BALANCE, balances),
                allocation_table(allocations),
                *more,
            ],
        )


_FIND = """
SELECT p.id, p.customer_id, p.amount, p.currency, p.method, p.received_on, p.withheld, p.reference,
       p.external_id, p.kind, p.source_id, p.created_at, b.unapplied
FROM billing.payments p
JOIN billing.payment_balances b ON b.tenant_id = p.tenant_id AND b.id = p.id
"""
_WANTED = """
WHERE ($1::uuid IS NULL OR p.customer_id = $1) AND ($2::date IS NULL OR p.received_on >= $2)
  AND ($3::date IS NULL OR p.received_on <= $3) AND p.kind = $4
"""
_ALLOCATED = """
SELECT a.payment_id, a.invoice_id, i.number, a.amount, a.allocated_on
FROM billing.payment_allocations a
JOIN billing.invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id
WHERE a.payment_id = ANY($1::uuid[]) ORDER BY a.id
"""


class PaymentReader:
    """Payments with what they pay."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, payment_id: UUID) -> dict[str, Any] | None:
        """One payment."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(f"{_FIND} WHERE p.id = $1", payment_id)
        return None if row is None else (await self._with_allocations([row]))[0]

    async def find_external(self, external_id: str) -> dict[str, Any] | None:
        """The payment that is known elsewhere by that id."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(f"{_FIND} WHERE p.external_id = $1", external_id)
        return None if row is None else (await self._with_allocations([row]))[0]

    async def page(
        self, wanted: PaymentFilter, *, descending: bool, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        """A page by day of receipt, and the number of all that match."""
        connection = await driver_connection(self._session)
        span = (wanted.received_from, wanted.received_to)
        values = (wanted.customer_id, *span, wanted.kind.value)
        way = "DESC" if descending else "ASC"
        rows = await connection.fetch(
            f"{_FIND} {_WANTED} ORDER BY p.received_on {way}, p.id {way} LIMIT $5 OFFSET $6",
            *values,
            limit,
            offset,
        )
        total = await connection.fetchval(
            f"SELECT count(*) FROM billing.payments p {_WANTED}",  # noqa: S608 (texts of our own)
            *values,
        )
        return await self._with_allocations(rows), int(total)

    async def _with_allocations(self, rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
        connection = await driver_connection(self._session)
        found: dict[UUID, dict[str, Any]] = {
            row["id"]: {**dict(row), "allocations": []} for row in rows
        }
        for row in await connection.fetch(_ALLOCATED, list(found)):
            found[row["payment_id"]]["allocations"].append(dict(row))
        return list(found.values())
