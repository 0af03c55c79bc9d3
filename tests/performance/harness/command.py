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
    bench_b6,
    bench_events,
    bench_import,
    bench_reads,
    bench_run,
)
from tests.performance.harness.rows import Row, Void, print_rows
from tests.performance.harness.stage import Stage, open_stage

Bench = Callable[[Stage], Coroutine[None, None, list[Row]]]

BENCHES: dict[str, Bench] = {
    "import": bench_import.bench,
    "run": bench_run.bench,
    "events": bench_events.bench,
    "B1": bench_b1.bench,
    "B2": bench_b2.bench,
    "B3": bench_b3.bench,
    "B6": bench_b6.bench,
    "reads": bench_reads.bench,
}
LONGEST_SECONDS = 600


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every figure stands, whether its target is reached or not; 1 when one is void."""
    given = _parser().parse_args(arguments)
    if given.list:
        for name, bench in BENCHES.items():
            summary, _, _ = (sys.modules[bench.__module__].__doc__ or "").partition("\n")
            print(f"{name:8}{summary}")
        return 0
    unknown = set(given.only) - BENCHES.keys()
    if unknown:
        print(f"No bench is called {', '.join(sorted(unknown))}: {', '.join(BENCHES)}.")
        return 2
    began = perf_counter()
    with open_stage(os.environ.get("BENCH_DATABASE_URL"), quick=given.quick) as stage:
        print(stage.described)
        rows = asyncio.run(_run(stage, given.only or list(BENCHES)))
    print_rows(rows, perf_counter() - began)
    if given.quick:
        print("Small volumes: these figures say that it works, not how fast it is.")
    if given.json:
        document = {"on": stage.described, "quick": given.quick, "rows": [r.facts() for r in rows]}
        given.json.write_text(json.dumps(document, indent=2) + "\n")
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


async def _run(stage: Stage, names: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        bench = asyncio.wait_for(BENCHES[name](stage), LONGEST_SECONDS)
        (outcome,) = await asyncio.gather(bench, return_exceptions=True)
        if isinstance(outcome, list):
            rows += outcome
            continue
        if isinstance(outcome, Exception) and not isinstance(outcome, Void):
            traceback.print_exception(outcome)  # a fault, of the product or of the bench
        rows.append(Row(name=name, work=f"{type(outcome).__name__}: {outcome}", void=True))
    return rows
