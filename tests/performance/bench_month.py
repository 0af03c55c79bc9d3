"""month: a month's end with usage, tax, discounts and changes of plan in play, beside its floor.

The steps D, E, H and J of the definition; A to C are those of `usage`, G is `changes`, and F is a
test (`test_killed_with_everything.py`). DOTMAC_BENCH_SUBSCRIPTIONS=100000 takes ten times as many.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter

import asyncpg
from sqlalchemy import event
from sqlalchemy.orm import Session

from dotmac_billing import check_books, run_billing
from dotmac_billing.receivables.repository import ReceivablesRepository
from tests.performance.floor import WRITTEN, Table, insert_again
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.month_end import BEFORE, THROUGH, MonthEnd, month_end
from tests.performance.harness.rows import Row, Target, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import new_tenant

SUBSCRIPTIONS = int(os.environ.get("DOTMAC_BENCH_SUBSCRIPTIONS", "10000"))
EVENTS = 100
RATE = 2_500
TWO_OF_ONE = 1.7
MOST_OF_FLOOR = 3.0
QUICKER_AGAIN = 20
LONGEST_LOCK_SECONDS = 0.005
MOST_OF_A_TENTH = 1.15

_NEW = f"IN (SELECT id FROM billing.invoices WHERE bill_on > '{BEFORE}')"
_ENTRIES = f"source_type = 'invoice' AND source_id {_NEW}"
_FLOOR = tuple(
    Table(
        table.name,
        {
            "billing.ledger_entries": _ENTRIES,
            "billing.ledger_postings": (
                f"entry_id IN (SELECT id FROM billing.ledger_entries WHERE {_ENTRIES})"
            ),
            "billing.invoices": f"bill_on > '{BEFORE}'",
            "billing.invoice_balances": f"id {_NEW}",
            "events.outbox": (f"{table.where} AND (payload->>'invoice_id')::uuid {_NEW}"),
        }.get(table.name, f"invoice_id {_NEW}"),
    )
    for table in WRITTEN
)
"""What the run of the month writes, without the month before."""

_START = 20261120
_WAITING = f"SELECT count(*) FROM pg_locks WHERE objid = {_START} AND NOT granted"
_BOOKS = """
SELECT (SELECT count(*) FROM billing.invoices), (SELECT max(sequence) FROM billing.invoices),
       (SELECT count(*) FROM events.outbox WHERE name = 'billing.invoice_issued'),
       (SELECT sum(amount) FROM billing.ledger_postings),
       (SELECT sum(amount_due) FROM billing.invoice_balances)
         = (SELECT sum(p.amount) FROM billing.ledger_postings p
            JOIN billing.ledger_accounts a ON a.id = p.account_id WHERE a.code = 'receivable')
"""


async def bench(stage: Stage) -> list[Row]:
    """One process, the same again, two processes side by side on the like; and a tenth of it."""
    count = stage.full(SUBSCRIPTIONS, 500)
    events = stage.full(EVENTS, 20)
    async with stage.database() as database:
        few = await month_end(database, "tenth", count // 10, events)
        one = await month_end(database, "one", count, events)
        two = await month_end(database, "two", count, events)
    await stage.settle()
    tenth, _ = await _measure(stage, few)
    first, held = await _measure(stage, one)
    again, _ = await alone(_bill, stage, one, 0)
    side_by_side = await _side_by_side(stage, two)
    await stage.settle()
    floor = await alone(insert_again, stage, one.tenant_id, _FLOOR, new_tenant)
    run = _run_row(first, floor, count)
    return [
        run,
        measured("month floor", "the same rows by INSERT … SELECT", "invoices", count, [floor]),
        _lock_row(held),
        _again_row(first, again),
        _two_row(side_by_side, first, count),
        _tenth_row(measured("month tenth", "a tenth", "invoices", count // 10, [tenth]), run),
    ]


async def _measure(stage: Stage, given: MonthEnd) -> tuple[Usage, list[float]]:
    done = await alone(_bill, stage, given, len(given.subscribers))
    await _check(stage, given)
    return done


async def _check(stage: Stage, given: MonthEnd) -> None:
    """The gate: everybody was billed what it owes, once; numbers and books have no gap."""
    count = 2 * len(given.subscribers)
    async with stage.database() as database:
        await given.require_billed(database)
        async with database.transaction(given.tenant_id) as session:
            require("findings in the books", await check_books(session), [])
    found = await stage.found(given.tenant_id, _BOOKS)
    require("invoices, last number, facts, balance, owed", found, (count, count, count, 0, True))


async def _bill(stage: Stage, given: MonthEnd, invoices: int) -> tuple[Usage, list[float]]:
    async with stage.database() as database:
        with _timed_numbers() as held, stage.usage() as used:
            result = await run_billing(database, given.tenant_id, THROUGH, historical=False)
    require("invoices of this run", result.invoices, invoices)
    require("failures", result.failures, [])
    return used, held


@contextmanager
def _timed_numbers() -> Iterator[list[float]]:
    """How long each transaction held its series: from the number drawn to the end of the commit."""
    held: list[float] = []
    original = ReceivablesRepository.draw
    drawn: dict[Session, float] = {}

    async def draw(self: ReceivablesRepository, series: str, count: int) -> int:
        first = await original(self, series, count)
        drawn[self._session.sync_session] = perf_counter()
        return first

    def committed(session: Session) -> None:
        began = drawn.pop(session, None)
        if began is not None:
            held.append(perf_counter() - began)

    ReceivablesRepository.draw = draw  # type: ignore[method-assign] # to time it
    event.listen(Session, "after_commit", committed)
    try:
        yield held
    finally:
        ReceivablesRepository.draw = original  # type: ignore[method-assign] # to time it
        event.remove(Session, "after_commit", committed)


async def _side_by_side(stage: Stage, given: MonthEnd) -> float:
    """Seconds from the moment at which two processes begin until both are done."""
    holder = await asyncpg.connect(stage.url)
    try:
        await holder.execute(f"SELECT pg_advisory_lock({_START})")
        both = asyncio.gather(*(alone(_bill_when_let, stage, given) for _ in range(2)))
        while await holder.fetchval(_WAITING) < 2:  # noqa: ASYNC110 # for two other processes
            await asyncio.sleep(0.01)
        began = perf_counter()
        await holder.execute(f"SELECT pg_advisory_unlock({_START})")
        ends = await both
    finally:
        await holder.close()
    await _check(stage, given)
    return max(ends) - began


async def _bill_when_let(stage: Stage, given: MonthEnd) -> float:
    """Bill as soon as the starting lock is let go; when it was done, by the machine's clock."""
    async with stage.database() as database:
        # The connections are open and the code is loaded before the race begins.
        await run_billing(database, given.tenant_id, BEFORE, historical=True)
        waiting = await asyncpg.connect(stage.url)
        await waiting.execute(f"SELECT pg_advisory_lock_shared({_START})")
        await waiting.close()
        result = await run_billing(database, given.tenant_id, THROUGH, historical=False)
        done = perf_counter()
    require("failures", result.failures, [])
    return done


def _run_row(first: Usage, floor: Usage, count: int) -> Row:
    times = first.seconds / floor.seconds
    work = "month's end: usage, tax, coupons, changes, ledger, facts"
    row = measured("month D", work, "invoices", count, [first])
    row = replace(row, floor=count / floor.seconds, ratio=f"{times:.2f} times the floor")
    floor_reached = Target(f"≤ {MOST_OF_FLOOR:.0f} times", times <= MOST_OF_FLOOR)
    return row.aimed(at_least(row.rate, RATE), floor_reached)


def _lock_row(held: list[float]) -> Row:
    longest = max(held)
    return Row(
        "month lock",
        f"a series is held by {len(held)} transactions",
        ratio=f"longest {longest * 1000:.1f} ms",
        targets=(Target("< 5 ms", longest < LONGEST_LOCK_SECONDS),),
    )


def _again_row(first: Usage, again: Usage) -> Row:
    quicker = first.seconds / again.seconds
    work = f"nothing left to do: {again.seconds:.2f} s after {first.seconds:.1f} s"
    row = Row("month E", work, peak_mb=again.peak_mb, ratio=f"{quicker:,.0f} times as fast")
    return row.aimed(Target(f"≥ {QUICKER_AGAIN} times", quicker >= QUICKER_AGAIN))


def _two_row(seconds: float, first: Usage, count: int) -> Row:
    times = first.seconds / seconds
    row = Row("month H", "two processes side by side", count, "invoices", count / seconds)
    row = replace(row, ratio=f"{times:.2f} times one")
    return row.aimed(Target(f"≥ {TWO_OF_ONE} times", times >= TWO_OF_ONE))


def _tenth_row(tenth: Row, run: Row) -> Row:
    """By processor time, which other work on the machine disturbs least."""
    assert tenth.cpu_ms is not None
    assert run.cpu_ms is not None
    growth = run.cpu_ms / tenth.cpu_ms
    row = replace(tenth, ratio=f"for all {growth:.2f} times that")
    return row.aimed(Target(f"≤ {MOST_OF_A_TENTH} times", growth <= MOST_OF_A_TENTH))
