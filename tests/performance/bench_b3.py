"""B3: the monthly billing run over 2,000 subscriptions, 100 invoices, one, all to a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dotmac_billing import check_books, run_billing
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import (
    CUSTOMERS,
    DUE_ON,
    PASSES,
    Subscribers,
    add_subscriptions,
    subscribers,
)

TARGET_ONE_BY_ONE = 150


@dataclass(frozen=True)
class Mode:
    """A part of the subscriptions, due on a day of its own so that a run takes just them."""

    name: str
    share: Decimal
    chunk: int | None
    work: str

    def due_on(self) -> date:
        """The day up to which the mode bills."""
        return DUE_ON + timedelta(days=MODES.index(self))

    def count(self, of: int) -> int:
        """How many of so many subscriptions are this mode's."""
        return int(of * self.share)


MODES = (
    Mode("B3a", Decimal("0.5"), 100, "issued and posted, 100 a transaction"),
    Mode("B3b", Decimal("0.1"), 1, "the same, one a transaction"),
    Mode("B3c", Decimal("0.4"), None, "the same, all in one transaction"),
)

_FOUND = """
SELECT (SELECT count(*) FROM billing.invoices i JOIN billing.invoice_balances b ON b.id = i.id
        WHERE b.status = 'open' AND i.due_on > i.issued_on AND i.number <> ''),
       (SELECT count(DISTINCT sequence) FROM billing.invoices),
       (SELECT count(DISTINCT number) FROM billing.invoices),
       (SELECT max(sequence) - min(sequence) + 1 FROM billing.invoices),
       (SELECT count(*) FROM (SELECT invoice_id FROM billing.invoice_lines
                              GROUP BY invoice_id HAVING count(*) = 2) two),
       (SELECT count(*) FROM (SELECT invoice_id FROM billing.invoice_taxes
                              GROUP BY invoice_id HAVING count(*) = 1 AND sum(tax) = 6.88) one),
       (SELECT count(*) FROM billing.ledger_entries e WHERE source_type = 'invoice'
        AND EXISTS (SELECT FROM billing.invoices i WHERE i.id = e.source_id)),
       (SELECT count(*) FROM billing.subscriptions
        WHERE next_bill_on = start_on + interval '1 month'),
       (SELECT count(*) FROM events.outbox WHERE name = 'billing.invoice_issued')
"""
_BOOKED = """
SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits,
       (SELECT count(*) FROM (SELECT entry_id FROM billing.ledger_postings
                              GROUP BY entry_id HAVING sum(amount) <> 0) wrong) AS unbalanced,
       array_agg(DISTINCT abs(amount) ORDER BY abs(amount)) AS amounts
FROM billing.ledger_postings
"""


async def bench(stage: Stage) -> list[Row]:
    """Each mode over its part of the subscriptions; find, make, number, tax, post, announce."""
    count = stage.full(CUSTOMERS, 200)
    async with stage.database() as database:
        second = await _running(stage, "second", count)
        await run_billing(database, second.tenant_id, MODES[-1].due_on(), historical=False)
        given = [await _running(stage, "b3", count) for _ in range(stage.full(PASSES, 1))]
    await stage.settle()
    passes = [await alone(_bill, stage, one) for one in given]
    rows = [
        measured(mode.name, mode.work, "invoices", mode.count(count), used)
        for mode, used in zip(MODES, zip(*passes, strict=True), strict=True)
    ]
    return [
        row.aimed(at_least(row.rate, TARGET_ONE_BY_ONE)) if row.name == "B3b" else row
        for row in rows
    ]


async def _running(stage: Stage, name: str, count: int) -> Subscribers:
    async with stage.database() as database:
        given = await subscribers(database, name, count)
        days = [mode.due_on() for mode in MODES for _ in range(mode.count(count))]
        await add_subscriptions(database, given, days, batch=1_000)
    return given


async def _bill(stage: Stage, given: Subscribers) -> list[Usage]:
    count = len(given.customer_ids)
    measures = []
    async with stage.database(pool_size=1) as database:
        for mode in MODES:
            part = mode.count(count)
            chunk = mode.chunk or part
            before = await stage.writes(given.tenant_id)
            with stage.usage() as used:
                result = await run_billing(
                    database,
                    given.tenant_id,
                    mode.due_on(),
                    historical=False,
                    chunk_size=chunk,
                    concurrency=1,
                )
            measures.append(used)
            commits = await stage.writes(given.tenant_id) - before
            require(f"invoices of {mode.name}", result.invoices, part)
            require(f"chunks of {mode.name}", result.chunks, -(-part // chunk))
            require(
                f"a commit for each chunk of {mode.name}", commits >= part // chunk, expected=True
            )
        again = await run_billing(database, given.tenant_id, MODES[-1].due_on(), historical=False)
        require("invoices of a second run", again.invoices, 0)
        async with database.transaction(given.tenant_id) as session:
            require("findings in the books", await check_books(session), [])
    await _check(stage, given, count)
    return measures


async def _check(stage: Stage, given: Subscribers, count: int) -> None:
    found = await stage.found(given.tenant_id, _FOUND)
    what = "open, sequences, numbers, span, 2 lines, 1 tax, entries, dates moved, facts"
    require(what, found, (count,) * 9)
    amounts = [Decimal(amount) for amount in ("6.88", "34.40", "41.28")]
    booked = await stage.found(given.tenant_id, _BOOKED)
    require("debits, unbalanced entries, amounts", booked, (amounts[-1] * count, 0, amounts))
