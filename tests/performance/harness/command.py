"""The command: which benches there are, running those that are asked for, printing the table."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import traceback
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from time import perf_counter

from tests.performance import (
    bench_b1,
    bench_b2,
    bench_b3,
    bench_b4,
    bench_b6,
    bench_changes,
    bench_customers,
    bench_customers_import,
    bench_events,
    bench_import,
    bench_month,
    bench_reads,
    bench_run,
    bench_usage,
)
from tests.performance.harness.rows import Row, Skipped, Void, print_rows
from tests.performance.harness.stage import Stage, open_ground

Bench = Callable[[Stage], Coroutine[None, None, list[Row]]]

BENCHES: dict[str, Bench] = {
    "import": bench_import.bench,
    "run": bench_run.bench,
    "events": bench_events.bench,
    "B1": bench_b1.bench,
    "B2": bench_b2.bench,
    "B3": bench_b3.bench,
    "B4": bench_b4.bench,
    "B6": bench_b6.bench,
    "reads": bench_reads.bench,
    "usage": bench_usage.bench,
    "month": bench_month.bench,
    "changes": bench_changes.bench,
    "customers": bench_customers.bench,
    "customers-import": bench_customers_import.bench,
}
LONGEST_SECONDS = 600


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every figure stands, whether its target is reached or not; 1 when one is void."""
    given = _parser().parse_args(arguments)
    if given.list:
        for bench in BENCHES.values():
            print((sys.modules[bench.__module__].__doc__ or "").partition("\n")[0])
        return 0
    known = {name.lower(): name for name in BENCHES}
    unknown = [name for name in given.only if name.lower() not in known]
    if unknown:
        print(f"No bench is called {', '.join(unknown)}; there are {', '.join(BENCHES)}.")
        return 2
    names = [known[name.lower()] for name in given.only] or list(BENCHES)
    try:
        return _measure(names, quick=given.quick, document=given.json)
    except Void as void:
        print(void)
        return 1


def _measure(names: Sequence[str], *, quick: bool, document: Path | None) -> int:
    began = perf_counter()
    rows: list[Row] = []
    described = ""
    with open_ground(os.environ.get("BENCH_DATABASE_URL")) as ground:
        for name in names:
            # A database each, so that what one leaves behind does not slow down the next.
            with ground.stage(quick=quick) as stage:
                if not described:
                    print(described := stage.described)
                print(f"{name} …", file=sys.stderr, flush=True)
                rows += asyncio.run(_run(stage, name))
    print_rows(rows, perf_counter() - began)
    if quick:
        print("Small volumes: these figures say that it works, not how fast it is.")
    if document is not None:
        facts = {"on": described, "quick": quick, "rows": [row.facts() for row in rows]}
        document.write_text(json.dumps(facts, indent=2) + "\n")
    return 1 if any(row.void for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Benchmarks with ratios to a floor.")
    parser.add_argument("--only", metavar="NAME", nargs="+", default=[], help="only these benches")
    parser.add_argument("--list", action="store_true", help="what there is, and leave")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument(
        "--quick", action="store_true", help="small volumes: to see that it works, not how fast"
    )
    return parser


async def _run(stage: Stage, name: str) -> list[Row]:
    bench = asyncio.wait_for(BENCHES[name](stage), LONGEST_SECONDS)
    (outcome,) = await asyncio.gather(bench, return_exceptions=True)
    if isinstance(outcome, list):
        return outcome
    if isinstance(outcome, Skipped):
        return [Row(name=name, work=str(outcome), skipped=True)]
    if not isinstance(outcome, Void):
        traceback.print_exception(outcome)  # a fault, of the product or of the bench
    return [Row(name=name, work=f"{type(outcome).__name__}: {outcome}", void=True)]
