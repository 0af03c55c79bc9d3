"""`make bench`: measures the product on defined work, beside a floor measured in the same run.

    python tests/performance/run.py --list
    python tests/performance/run.py --only B3 --quick --json bench.json

Each bench checks its results with SQL before it gives a figure; a wrong result voids it. What is
measured runs in a process of its own, against a PostgreSQL that keeps data safe (`fsync` and the
rest switched on): one that is started for the occasion, or the one that BENCH_DATABASE_URL names.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    # Run by path, as `make bench` does; the benches are a package below the root.
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(import_module("tests.performance.harness.command").main())
