"""usage: events over HTTP and by library beside PostgreSQL's COPY, and reads meanwhile."""

from __future__ import annotations

import asyncio
import gc
import shutil
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import asyncpg
import orjson

from dotmac_billing import UsageEvent, ingest_stream
from dotmac_identity import ApiKeyService
from tests.performance.harness import reported_usage
from tests.performance.harness.http_post import post_all, read_until, request
from tests.performance.harness.http_server import PRODUCT, Server, serving
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.reported_usage import Metered, metered
from tests.performance.harness.rows import Row, Target, at_least, measured, require
from tests.performance.harness.stage import Connection, Stage
from tests.performance.harness.volume import PASSES

SUBSCRIPTIONS = 10_000
EVENTS = 300_000
HTTP_EVENTS = 100_000
LEAST_OF_COPY = 0.4
LEAST_OVER_HTTP = 20_000
LONGEST_READ_SECONDS = 0.020
CONNECTIONS = 4

_FOUND = """
SELECT (SELECT count(*) FROM billing.usage_events), (SELECT sum(value) FROM billing.usage_events),
       (SELECT sum(events) FROM billing.usage_rollups),
       (SELECT sum(total) FROM billing.usage_rollups)
"""
_OF_FLOOR = "SELECT count(*) FROM public.floor"
_PLAIN = """
DROP TABLE IF EXISTS public.floor;
CREATE TABLE public.floor (LIKE billing.usage_events INCLUDING DEFAULTS);
ALTER TABLE public.floor ADD PRIMARY KEY (tenant_id, series_id, at, event_id)
"""


async def bench(stage: Stage) -> list[Row]:
    """A tenant for each pass; the floor is COPY of the very rows into a table without anything."""
    subscriptions = stage.full(SUBSCRIPTIONS, 1_000)
    async with stage.database() as database:
        count = stage.full(PASSES, 1)
        by_library = [await metered(database, "library", subscriptions) for _ in range(count)]
        over_http = [await metered(database, f"http-{size}", subscriptions) for size in (1000, 100)]
    await stage.settle()
    passes = [await alone(_stream, stage, one) for one in by_library]
    number = stage.full(EVENTS, 30_000)
    row = measured("usage B", "by library, 5,000 a transaction", "events", number, passes)
    floor = await _floor(stage, by_library[0], number)
    share = (row.rate or 0) / floor
    aimed = Target(f"≥ {LEAST_OF_COPY} of COPY", share >= LEAST_OF_COPY)
    rows = [_beside(row, floor, share).aimed(aimed)]
    async with serving(stage, PRODUCT) as server:
        for given, size in zip(over_http, (1000, 100), strict=True):
            rows += await _over_http(stage, server, given, size)
    return rows


def _beside(row: Row, floor: float, share: float) -> Row:
    return Row(**(vars(row) | {"floor": floor, "ratio": f"{share:.2f} of COPY"}))


async def _stream(stage: Stage, given: Metered) -> Usage:
    count = stage.full(EVENTS, 30_000)
    names = [str(one) for one in given.subscription_ids]
    reported = list(reported_usage.events(names, count, str(given.tenant_id)[-6:]))
    _set_aside()
    async with stage.database() as database:
        with stage.usage() as used:
            result = await ingest_stream(database, given.tenant_id, enumerate(reported))
    require("refused", result.refused, 0)
    require("repeats", result.duplicates, len(reported) - count)
    await _require_whole(stage, given, count, reported_usage.total(reported))
    return used


def _set_aside() -> None:
    """What was made for the bench is not for the collector of cycles to look through."""
    gc.collect()
    gc.freeze()


async def _require_whole(stage: Stage, given: Metered, count: int, total: Decimal) -> None:
    found = await stage.found(given.tenant_id, _FOUND)
    require("events, their sum, the same by hours", found, (count, total, count, total))


async def _floor(stage: Stage, given: Metered, count: int) -> float:
    """Rows a second that COPY puts into a plain table with the same columns and primary key.

    By psql where there is one, else by our own driver.
    """
    owner = await asyncpg.connect(stage.superuser_url or stage.url)
    rates = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events"
        async with stage.sql(given.tenant_id) as connection:
            await connection.copy_from_query(
                # In the order in which they were reported.
                "SELECT * FROM billing.usage_events ORDER BY at",
                output=path,
            )
        try:
            for _ in range(stage.full(PASSES, 1)):
                await owner.execute(_PLAIN)
                begun = perf_counter()
                await _copy(stage, owner, path)
                rates.append(count / (perf_counter() - begun))
                require("rows of the floor", await owner.fetchval(_OF_FLOOR), count)
            await owner.execute("DROP TABLE public.floor")
        finally:
            await owner.close()
    return median(rates)


async def _copy(stage: Stage, owner: Connection, path: Path) -> None:
    psql = shutil.which("psql")
    if psql is None:
        await owner.copy_to_table("floor", source=path, schema_name="public")
        return
    url = stage.superuser_url or stage.url
    command = f"\\copy public.floor FROM '{path}'"
    process = await asyncio.create_subprocess_exec(psql, url, "-qXc", command)
    require("psql's exit code", await process.wait(), 0)


async def _over_http(stage: Stage, server: Server, given: Metered, size: int) -> list[Row]:
    async with stage.database() as database, database.transaction(given.tenant_id) as session:
        scopes = ("usage:ingest", "usage:read")
        issued = await ApiKeyService.within(session).create(name="bench", scopes=scopes)
    headers = {"Authorization": f"Bearer {issued.secret}"}
    count = stage.full(HTTP_EVENTS, 10_000)
    names = [str(one) for one in given.subscription_ids]
    reported = list(reported_usage.events(names, count, str(given.tenant_id)[-6:]))
    bodies = [
        orjson.dumps({"events": [_json(event) for event in reported[n : n + size]]})
        for n in range(0, len(reported), size)
    ]
    post = partial(request, "POST", "/api/v1/usage/events", headers)
    reads = [
        request("GET", f"/api/v1/subscriptions/{name}/usage", headers) for name in names[:1_000]
    ]
    _set_aside()
    done = asyncio.Event()
    reading = asyncio.create_task(read_until(server.port, reads, done))
    seconds, failures = await post_all(server.port, [post(body) for body in bodies], CONNECTIONS)
    done.set()
    taken = await reading
    require("answers that are not 200", failures, 0)
    await _require_whole(stage, given, count, reported_usage.total(reported))
    work = f"over HTTP, batches of {size:,}, with reads meanwhile"
    row = Row(f"usage A {size}", work, len(reported), "events", len(reported) / seconds)
    p50, p99 = median(taken), quantiles(taken, n=100)[-1]
    read = Row(
        f"usage C {size}",
        "current usage of a subscription meanwhile",
        len(taken),
        "reads",
        ratio=f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms",
        targets=(Target("p99 < 20 ms", p99 < LONGEST_READ_SECONDS),),
    )
    aimed = size == 1_000
    return [row.aimed(at_least(row.rate, LEAST_OVER_HTTP)) if aimed else row, read]


def _json(event: UsageEvent) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "meter": event.meter,
        "at": event.at.isoformat(),
        "subscription": event.subscription,
        "value": float(event.value or 0),
        "properties": event.properties,
    }
