"""reads: a customer and a page of 20 over HTTP, beside bare asyncpg behind the same server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.performance.harness.http_server import BARE, PRODUCT, Server, serving
from tests.performance.harness.rows import Row, Target, require
from tests.performance.harness.site import Site, open_site
from tests.performance.harness.stage import Stage

PAIRS = 3
_SHARE = 0.5  # of the usual seconds, because there are twelve of them


@dataclass(frozen=True)
class Read:
    """A read, and which part of the bare rate is to be reached."""

    name: str
    work: str
    least: float
    paths: Sequence[str]
    bare_paths: Sequence[str]


async def bench(stage: Stage) -> list[Row]:
    """Product and bare by turns, at least three times each; the ratio of each pair."""
    site = await open_site(stage)
    pages = site.page_paths()
    reads = (
        Read(
            *("read", "one customer by a random id", 0.6, site.customer_paths()),
            [f"/customers/{customer_id}" for customer_id in site.customer_ids],
        ),
        Read(
            *("list", "a random page of 20 customers by name", 0.7, pages),
            [f"/customers?page={n}" for n in range(1, len(pages) + 1)],
        ),
    )
    async with serving(stage, PRODUCT) as product, serving(stage, BARE) as bare:
        return [await _compare(stage, site, read, product, bare) for read in reads]


async def _compare(stage: Stage, site: Site, read: Read, product: Server, bare: Server) -> Row:
    bare_headers = {"X-Tenant": str(site.tenant_id)}
    ours = await product.fetch(read.paths[0], site.headers)
    theirs = await bare.fetch(read.bare_paths[0], bare_headers)
    require("the bare answer", theirs.json(), ours.json())
    pairs = [
        (
            *await product.carries(read.paths, site.headers, _SHARE),
            *await bare.carries(read.bare_paths, bare_headers, _SHARE),
        )
        for _ in range(stage.full(PAIRS, 1))
    ]
    by_time = median((a / b.seconds) / (c / d.seconds) for a, b, c, d in pairs)
    by_cpu = median((d.cpu / c) / (b.cpu / a) for a, b, c, d in pairs)
    rates = sorted(a / b.seconds for a, b, _, _ in pairs)
    return Row(
        name=read.name,
        work=read.work,
        units=sum(a for a, *_ in pairs),
        unit="answers",
        rate=median(rates),
        low=rates[0],
        high=rates[-1],
        cpu_ms=median(b.cpu / a * 1000 for a, b, _, _ in pairs),
        program_ms=median(b.program_cpu / a * 1000 for a, b, _, _ in pairs),
        peak_mb=max(b.peak_mb for _, b, _, _ in pairs),
        floor=median(c / d.seconds for _, _, c, d in pairs),
        ratio=f"{by_time:.2f} of bare ({by_cpu:.2f} by CPU)",
        # The lower one counts: the client has the same machine, which evens out times.
        targets=(Target(f"≥ {read.least} of bare", min(by_time, by_cpu) >= read.least),),
    )
