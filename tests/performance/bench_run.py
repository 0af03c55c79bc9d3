"""run: six years of bills for 7,043 subscribers, beside plain INSERTs of the same rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from dotmac_billing import check_books, run_billing
from tests.performance import telco
from tests.performance.floor import insert_again
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, Target, at_least, measured, require
from tests.performance.harness.stage import Stage

RATE = 3_300
MOST_OF_FLOOR = 3.0
MOST_OF_A_TENTH = 1.1
QUICKER_AGAIN = 20
MOST_MB = 400

_FOUND = """
SELECT count(*), sum(total), min(sequence), max(sequence), count(DISTINCT sequence),
       bool_and(historical) FROM billing.invoices
"""


async def bench(stage: Stage) -> list[Row]:
    """The run on a tenth of the customers, on all, again with nothing due, and its floor.

    Each `run_billing` has a process of its own and the product's defaults.
    """
    telco.require_file()
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = telco.every(20, folder) if stage.quick else telco.FILE
        part = telco.every(200 if stage.quick else 10, folder)
        tenth = await _bill(stage, await _imported(stage, part), part)
        tenant_id = await _imported(stage, path)
        first = await _bill(stage, tenant_id, path)
        again = await alone(_run, stage, tenant_id, 0)
        await stage.settle()
        floor = await alone(insert_again, stage, tenant_id)
        everybody, few = telco.expected(path).invoices, telco.expected(part).invoices
    work = "the same rows by INSERT … SELECT"
    run = _run_row(first, floor, everybody)
    return [
        run,
        measured("floor", work, "invoices", everybody, [floor]),
        _tenth_row(tenth, few, run),
        _again_row(first, again),
    ]


def _run_row(first: Usage, floor: Usage, count: int) -> Row:
    times = first.seconds / floor.seconds
    work = "six years of bills, lines, taxes, ledger, facts"
    row = measured("run", work, "invoices", count, [first])
    row = replace(row, floor=count / floor.seconds, ratio=f"{times:.2f} times the floor")
    return row.aimed(
        at_least(row.rate, RATE),
        Target(f"≤ {MOST_OF_FLOOR:.0f} times", times <= MOST_OF_FLOOR),
        Target(f"< {MOST_MB} MB", first.peak_mb < MOST_MB),
    )


def _tenth_row(tenth: Usage, count: int, run: Row) -> Row:
    """By processor time, which other work on the machine disturbs least."""
    row = measured("tenth", "a tenth of the customers", "invoices", count, [tenth])
    assert row.cpu_ms is not None
    assert run.cpu_ms is not None
    growth = run.cpu_ms / row.cpu_ms
    row = replace(row, ratio=f"for all {growth:.2f} times that")
    return row.aimed(Target(f"≤ {MOST_OF_A_TENTH} times", growth <= MOST_OF_A_TENTH))


def _again_row(first: Usage, again: Usage) -> Row:
    quicker = first.seconds / again.seconds
    work = f"nothing left to do: {again.seconds:.2f} s after {first.seconds:.0f} s"
    row = Row(name="again", work=work, peak_mb=again.peak_mb, ratio=f"{quicker:,.0f} times as fast")
    return row.aimed(Target(f"≥ {QUICKER_AGAIN} times", quicker >= QUICKER_AGAIN))


async def _imported(stage: Stage, path: Path) -> UUID:
    async with stage.database() as database:
        tenant_id = await telco.new_tenant(database)
        await telco.import_subscribers(database, tenant_id, path)
    await stage.settle()
    return tenant_id


async def _bill(stage: Stage, tenant_id: UUID, path: Path) -> Usage:
    expected = telco.expected(path)
    used = await alone(_run, stage, tenant_id, expected.invoices)
    found = await stage.found(tenant_id, _FOUND)
    count = expected.invoices
    what = "count, total, first, last and distinct numbers, historical"
    require(what, found, (count, expected.billed, 1, count, count, True))
    async with stage.database() as database, database.transaction(tenant_id) as session:
        require("findings in the books", await check_books(session), [])
    return used


async def _run(stage: Stage, tenant_id: UUID, invoices: int) -> Usage:
    async with stage.database() as database:
        with stage.usage() as used:
            result = await run_billing(database, tenant_id, telco.THROUGH)
    require("invoices of this run", result.invoices, invoices)
    require("failures", result.failures, [])
    return used
