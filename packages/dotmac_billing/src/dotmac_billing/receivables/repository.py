"""Writing invoices, finding what is owed, reading invoices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.receivables.filtering import (
    Conditions,
    InvoiceFilter,
    conditions,
    is_late,
    order,
    status_read,
)
from dotmac_billing.receivables.models import Invoice, InvoiceBalance, InvoiceLine, InvoiceTax
from dotmac_billing.receivables.owed import HeldInvoice
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_core_ops.database import (
    PooledConnection,
    RawConnection,
    TableRows,
    driver_connection,
    new_id,
)
from dotmac_core_ops.spreadsheet import safe_sql

INVOICE = (
    *("id", "number", "series", "sequence", "customer_id", "subscription_id", "kind"),
    *("period_start", "period_end", "issued_on", "due_on", "currency", "net", "tax", "total"),
    *("historical", "run_id", "created_at", "bill_on", "customer_version", "seller_version"),
    *("discount", "corrects_id", "tax_rounding", "exchange_rate"),
)
BALANCE = (
    *("id", "customer_id", "currency", "status", "total", "amount_paid", "amount_due"),
    *("due_on", "paid_on"),
)
LINE = (
    *("id", "invoice_id", "position", "item_id", "component_id", "description", "quantity"),
    *("unit_price", "net", "tax_code", "tax_rate", "period_start", "period_end", "kind", "gross"),
    *("discount", "tax", "explanation", "reverses_line_id", "subscription_id"),
)
TAX = (
    *("id", "invoice_id", "tax_code", "rate", "net", "tax", "treatment", "line_rate"),
    *("is_compound", "name", "category", "jurisdiction", "exemption_reason", "exemption_code"),
)
_ADD_SERIES = """
INSERT INTO billing.number_series (id, series, next_sequence) VALUES ($1, $2, 1)
ON CONFLICT DO NOTHING
"""
_DRAW = """
UPDATE billing.number_series SET next_sequence = next_sequence + $2
WHERE series = $1 RETURNING next_sequence - $2
"""
_RAISE = """
UPDATE billing.number_series SET next_sequence = greatest(next_sequence, $2),
  skipped = skipped + greatest($2 - next_sequence, 0)
WHERE series = $1 RETURNING next_sequence
"""
_SERIES = """
SELECT series, next_sequence AS next_number, skipped FROM billing.number_series ORDER BY series
"""
# Joined to the wanted ids, not compared with an array: see the payments' repository.
_OPEN = """
SELECT b.id, b.customer_id, b.currency, b.amount_due
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.invoice_balances b ON b.customer_id = wanted.id AND b.amount_due > 0
ORDER BY b.due_on, b.id FOR NO KEY UPDATE OF b
"""
_ALL_OPEN = """
SELECT i.id, i.number, i.customer_id, i.currency, i.issued_on, i.due_on, b.amount_due
FROM billing.invoice_balances b
JOIN billing.invoices i ON i.tenant_id = b.tenant_id AND i.id = b.id
WHERE b.amount_due > 0 ORDER BY i.sequence
"""
_IS_OWED = f"({is_late(1)} OR b.status = 'uncollectible' AND b.amount_due > 0)"
# An invoice concerns who is sent it and whose subscriptions are on it. Late ones are few, and each
# has few lines: it is begun with them.
_IN_ARREARS = f"""
SELECT b.customer_id AS id FROM unnest($2::uuid[]) AS wanted(id)
JOIN billing.invoice_balances b ON b.customer_id = wanted.id WHERE {_IS_OWED}
UNION
SELECT s.customer_id FROM billing.invoice_balances b
JOIN billing.invoice_lines l ON l.invoice_id = b.id
JOIN billing.subscriptions s ON s.id = l.subscription_id
JOIN unnest($2::uuid[]) AS wanted(id) ON wanted.id = s.customer_id WHERE {_IS_OWED}
"""  # noqa: S608 (text of our own)
_CONCERNED = """
SELECT i.customer_id AS id FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.invoices i ON i.id = wanted.id
UNION
SELECT s.customer_id FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.invoice_lines l ON l.invoice_id = wanted.id
JOIN billing.subscriptions s ON s.id = l.subscription_id
"""
_PAY = """
UPDATE billing.invoice_balances b
SET amount_paid = b.amount_paid + p.amount, amount_due = b.amount_due - p.amount,
    status = CASE
      WHEN b.amount_due > p.amount THEN CASE WHEN b.status = 'uncollectible' THEN b.status
                                             ELSE 'partially_paid' END
      WHEN b.amount_written_off > 0 THEN 'uncollectible' ELSE 'paid' END,
    paid_on = CASE WHEN b.amount_due = p.amount THEN p.paid_on END
FROM unnest($1::uuid[], $2::numeric[], $3::date[]) AS p(id, amount, paid_on)
JOIN billing.invoices i ON i.id = p.id
WHERE b.id = p.id
RETURNING b.id, b.customer_id, b.amount_due, b.paid_on, b.currency, b.total, i.number
"""


_INVOICE_OF = "SELECT customer_id FROM billing.invoices WHERE id = $1"
_HOLD_CUSTOMER = """
SELECT currency, time_zone FROM billing.customers WHERE id = $1 FOR NO KEY UPDATE
"""
_HOLD_INVOICE = """
SELECT i.id, i.number, i.kind, i.subscription_id, i.issued_on, i.currency, i.net, i.tax, i.total,
  i.historical, b.customer_id, b.status, b.amount_paid, b.amount_due, b.amount_credited,
  b.amount_written_off, b.due_on, b.sent_at
FROM billing.invoice_balances b
JOIN billing.invoices i ON i.tenant_id = b.tenant_id AND i.id = b.id
WHERE b.id = $1 FOR NO KEY UPDATE OF b
"""


def invoice_tables(
    invoices: Sequence[tuple[Any, ...]],
    balances: Sequence[tuple[Any, ...]],
    lines: Sequence[tuple[Any, ...]],
    taxes: Sequence[tuple[Any, ...]],
) -> list[TableRows]:
    """Rows in the order of the columns above, for `copy_tables`."""
    return [
        TableRows(table_of(Invoice), INVOICE, invoices),
        TableRows(table_of(InvoiceBalance), BALANCE, balances),
        TableRows(table_of(InvoiceLine), LINE, lines),
        TableRows(table_of(InvoiceTax), TAX, taxes),
    ]


def numbered_table(numbers: Sequence[tuple[Any, ...]]) -> TableRows:
    """Id, number and place in its series of invoices that are staged, for `insert_staged`."""
    return TableRows(table_of(Invoice), ("id", "number", "sequence"), numbers)


class ReceivablesRepository:
    """Invoices and balances of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_series(self, series: str) -> None:
        """Let numbers be drawn from `series`, beginning with 1; nothing if they can be already."""
        connection = await driver_connection(self._session)
        await connection.execute(_ADD_SERIES, new_id(), series)

    async def raise_next(self, series: str, wanted: int) -> int:
        """Let the next number of `series` be `wanted` if that is not lower; the next one then."""
        await self.open_series(series)
        connection = await driver_connection(self._session)
        return int(await connection.fetchval(_RAISE, series, wanted))

    async def all_series(self) -> list[asyncpg.Record]:
        """Every series that numbers were drawn from, with its next number."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_SERIES)

    async def draw(self, series: str, count: int) -> int:
        """The first of `count` consecutive numbers. Until commit nobody else draws: do it last."""
        connection = await driver_connection(self._session)
        first = await connection.fetchval(_DRAW, series, count)
        if first is None:
            await self.open_series(series)
            first = await connection.fetchval(_DRAW, series, count)
        return int(first)

    async def hold(self, invoice_id: UUID) -> HeldInvoice | None:
        """An issued invoice as it stands; nobody else changes it until the transaction ends.

        The customer's row is taken first, as whoever writes to a customer does.
        """
        connection = await driver_connection(self._session)
        customer_id = await connection.fetchval(_INVOICE_OF, invoice_id)
        if customer_id is None:
            return None
        customer = await connection.fetchrow(_HOLD_CUSTOMER, customer_id)
        row = await connection.fetchrow(_HOLD_INVOICE, invoice_id)
        assert customer is not None  # a foreign key sees to it
        assert row is not None  # written with the invoice
        values = {**dict(row), "status": InvoiceStatus(row["status"])}
        return HeldInvoice(**values, time_zone=customer["time_zone"])

    async def open_balances(self, customer_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """What these customers owe, oldest debt first; held until the transaction ends."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_OPEN, list(customer_ids))

    async def all_open(self) -> list[asyncpg.Record]:
        """Every invoice that is not paid in full, oldest first, as `OpenInvoice` has its fields."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_ALL_OPEN)

    async def in_arrears(self, customer_ids: Collection[UUID], now: datetime) -> set[UUID]:
        """Those among the customers whom an overdue or uncollectible invoice concerns at `now`."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_IN_ARREARS, now, list(customer_ids))
        return {row["id"] for row in rows}

    async def concerned(self, invoice_ids: Collection[UUID]) -> set[UUID]:
        """Who is sent these invoices, and whose subscriptions are on them."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_CONCERNED, list(invoice_ids))
        return {row["id"] for row in rows}

    async def pay(self, paid: Sequence[tuple[UUID, Any, Any]]) -> list[asyncpg.Record]:
        """Take (invoice, amount, day) off what is owed; the balances as they are then.

        An invoice must not be named twice.
        """
        connection = await driver_connection(self._session)
        return await connection.fetch(_PAY, *zip(*paid, strict=True))


# JSON is made by PostgreSQL: at twenty invoices a page that is a third quicker than by Python.
_INVOICE_JSON = """
  'id', i.id, 'number', i.number, 'status', {status}, 'kind', i.kind,
  'customer_id', i.customer_id, 'customer_name', c.name, 'subscription_id', i.subscription_id,
  'period_start', i.period_start, 'period_end', i.period_end, 'issued_on', i.issued_on,
  'due_on', i.due_on, 'paid_on', b.paid_on, 'sent_at', b.sent_at, 'currency', i.currency,
  'net', trim_scale(i.net), 'tax', trim_scale(i.tax), 'total', trim_scale(i.total),
  'amount_paid', trim_scale(b.amount_paid), 'amount_due', trim_scale(b.amount_due),
  'amount_credited', trim_scale(b.amount_credited),
  'amount_written_off', trim_scale(b.amount_written_off),
  'corrects_id', i.corrects_id, 'historical', i.historical
"""
_JOINED = """
JOIN billing.invoice_balances b ON b.tenant_id = i.tenant_id AND b.id = i.id
JOIN billing.customers c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id
"""
_ONE = f"""
SELECT json_build_object('data', json_build_object({_INVOICE_JSON.format(status=status_read(2))},
  'line_ids', (SELECT coalesce(json_agg(l.id ORDER BY l.position), '[]')
    FROM billing.invoice_lines l WHERE l.invoice_id = i.id),
  'taxes', (SELECT coalesce(json_agg(json_build_object('tax_code', t.tax_code,
      'rate', trim_scale(t.rate), 'net', trim_scale(t.net), 'tax', trim_scale(t.tax))
      ORDER BY t.tax_code, t.rate), '[]')
    FROM billing.invoice_taxes t WHERE t.invoice_id = i.id)
), 'meta', json_build_object())::text
FROM billing.invoices i {_JOINED} WHERE i.id = $1
"""  # noqa: S608 (texts of our own; so below as well)
_LINES = """
SELECT json_build_object('data', coalesce(json_agg(json_build_object(
  'id', l.id, 'position', l.position, 'kind', l.kind, 'item_id', l.item_id,
  'component_id', l.component_id, 'subscription_id', l.subscription_id,
  'description', l.description, 'quantity', trim_scale(l.quantity),
  'unit_price', trim_scale(l.unit_price), 'gross', trim_scale(coalesce(l.gross, l.net)),
  'discount', trim_scale(l.discount), 'net', trim_scale(l.net), 'tax_code', l.tax_code,
  'tax_rate', trim_scale(l.tax_rate), 'tax', trim_scale(l.tax), 'period_start', l.period_start,
  'period_end', l.period_end, 'explanation', l.explanation,
  'reverses_line_id', l.reverses_line_id
) ORDER BY l.position), '[]'), 'meta', json_build_object())::text
FROM billing.invoice_lines l WHERE l.invoice_id = $1
HAVING count(*) > 0 OR EXISTS (SELECT FROM billing.invoices WHERE id = $1)
"""
# Numbers have no gap but those that were left out, and invoices stay: nobody has to count them.
_NUMBERED = """
SELECT coalesce(sum(next_sequence - 1 - skipped), 0)::bigint FROM billing.number_series
WHERE series NOT LIKE 'credit_note%'
"""
_CSV = f"""
SELECT i.number, {{status}} AS status, i.kind, i.issued_on, i.due_on, b.paid_on,
  {safe_sql("c.code")} AS customer_code, {safe_sql("c.name")} AS customer_name,
  i.currency, i.net, i.tax, i.total, b.amount_paid, b.amount_credited, b.amount_written_off,
  b.amount_due, i.period_start, i.period_end, i.id
FROM (SELECT i.id FROM {{tables}} WHERE {{where}}) found
JOIN billing.invoices i USING (id) {_JOINED} ORDER BY {{order}}
"""  # noqa: S608 (texts of our own)
_TOTALS = """
SELECT i.currency, count(*) AS invoices, sum(i.net) AS net, sum(i.tax) AS tax,
  sum(i.total) AS total, sum(b.amount_paid) AS amount_paid,
  sum(b.amount_credited) AS amount_credited, sum(b.amount_written_off) AS amount_written_off,
  sum(b.amount_due) AS amount_due
FROM (SELECT i.id FROM {tables} WHERE {where}) found
JOIN billing.invoices i USING (id)
JOIN billing.invoice_balances b ON b.tenant_id = i.tenant_id AND b.id = i.id
GROUP BY i.currency ORDER BY i.currency
"""


class InvoiceReader:
    """Invoices as JSON text, envelope included, over a bare connection: what carries the load.

    They are as they are at `now`, in the tenant's zone.
    """

    def __init__(self, connection: RawConnection | PooledConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def one(self, invoice_id: UUID) -> str | None:
        """An invoice with its taxes and the ids of its lines."""
        found: str | None = await self._connection.fetchval(_ONE, invoice_id, self._now)
        return found

    async def lines(self, invoice_id: UUID) -> str | None:
        """The lines of an invoice in their order; None when there is no such invoice."""
        found: str | None = await self._connection.fetchval(_LINES, invoice_id)
        return found

    async def page(
        self, wanted: InvoiceFilter, *, sort: str, descending: bool, page: int, per_page: int
    ) -> str:
        """A page of the matching invoices, and the number of all that match."""
        where = conditions(wanted, self._now)
        ordered = order(sort, descending=descending)
        last = len(where.values)
        invoice = _INVOICE_JSON.format(status=status_read(last + 5))
        query = f"""
            WITH found AS (
              SELECT i.id FROM {where.tables}
              WHERE {where.text} ORDER BY {ordered} LIMIT ${last + 1} OFFSET ${last + 2}
            )
            SELECT json_build_object('data', coalesce(
              (SELECT json_agg(json_build_object({invoice}) ORDER BY {ordered})
               FROM found JOIN billing.invoices i USING (id) {_JOINED}), '[]'),
              'meta', json_build_object('pagination', json_build_object(
                'page', ${last + 3}::int, 'per_page', ${last + 1}::int,
                'total', ${last + 4}::bigint)))::text
        """  # noqa: S608 (conditions are numbered)
        total = await self._total(where)
        found: str = await self._connection.fetchval(
            query, *where.values, per_page, (page - 1) * per_page, page, total, self._now
        )
        return found

    async def totals(self, wanted: InvoiceFilter) -> list[asyncpg.Record]:
        """Number and sums of the matching invoices, by currency."""
        where = conditions(wanted, self._now)
        query = _TOTALS.format(tables=where.tables, where=where.text)
        return await self._connection.fetch(query, *where.values)

    async def csv(self, wanted: InvoiceFilter, *, sort: str, descending: bool) -> bytes:
        """All matching invoices as CSV with a line of headings, in UTF-8."""
        where = conditions(wanted, self._now)
        query = _CSV.format(
            tables=where.tables,
            where=where.text,
            order=order(sort, descending=descending),
            status=status_read(len(where.values) + 1),
        )
        written = BytesIO()
        await self._connection.copy_from_query(
            query, *where.values, self._now, output=written, format="csv", header=True
        )
        return written.getvalue()

    async def _total(self, where: Conditions) -> int:
        if where.text == "true":
            return int(await self._connection.fetchval(_NUMBERED))
        return int(
            await self._connection.fetchval(
                f"SELECT count(*) FROM {where.counted} WHERE {where.text}",  # noqa: S608 (conditions are numbered)
                *where.values,
            )
        )
