"""Six years of bills for 7,043 real subscribers, with the bill run killed ten times on the way."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from dotmac_billing import check_books, open_billing, recurring_revenue, revenue_movements
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_platform.imports import SubscriberImport, load_mapping
from dotmac_platform.runtime import inline_reactions

ROOT = Path(__file__).parents[2]
FILE = Path(
    os.environ.get("TELCO_CSV")
    or ROOT.parent / "shared" / "data" / "telco" / "telco-customer-churn.csv"
)
KILLS = 10
AS_OF = date(2026, 11, 1)
THROUGH = date(2026, 10, 31)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not FILE.exists(), reason="TELCO_CSV does not name the telco data set"),
]


@asynccontextmanager
async def bill_run(url: str, tenant: Tenant) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dotmac_platform", "bill"),
        *("--tenant", tenant.slug, "--through", str(THROUGH), "--json"),
        env={**os.environ, "DATABASE_URL": url, "ENVIRONMENT": "test"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def invoices(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM billing.invoices"))


async def kill_after_more(
    database: Database, tenant: Tenant, process: asyncio.subprocess.Process, more: int
) -> None:
    """Let the run issue at least `more` invoices, then take its power away."""
    before = await invoices(database, tenant)
    while process.returncode is None and await invoices(database, tenant) < before + more:
        # Each look is a round trip to the server: this waits for work done, not for a time.
        continue
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.communicate()


async def test_a_run_killed_ten_times_ends_in_the_right_figures(
    database: Database,
    database_url: str,
    new_tenant: Callable[[], Awaitable[Tenant]],
    tmp_path: Path,
) -> None:
    tenant = await new_tenant()
    database.inline_handlers = inline_reactions()
    async with database.transaction(tenant.id) as session:
        await open_billing(session, currency="USD", time_zone="America/Chicago", country="US")
    mapping = load_mapping(ROOT / "examples" / "telco.toml")
    job = SubscriberImport(database, tenant.id, mapping, as_of=AS_OF)
    imported = await job.run(FILE, rejects=tmp_path / "rejects.csv")
    chance = random.Random(2026)  # noqa: S311 (moments of a test, not a secret)

    for _ in range(KILLS):
        async with bill_run(database_url, tenant) as process:
            await kill_after_more(database, tenant, process, chance.randint(1, 15_000))
    async with bill_run(database_url, tenant) as process:
        out, err = await process.communicate()

    assert process.returncode == 0, err.decode()
    assert (imported.customers, imported.rejected, imported.ended) == (7043, 0, 1869)
    assert imported.paid == Decimal("16056168.70")
    async with database.transaction(tenant.id) as session:
        billed = (
            await session.execute(
                text(
                    "SELECT count(*), sum(total), min(sequence), max(sequence), "
                    "count(DISTINCT sequence), bool_and(historical) FROM billing.invoices"
                )
            )
        ).one()
        (standing,) = await recurring_revenue(session, AS_OF)
        moved = await revenue_movements(session, date(2000, 1, 1), date(2026, 11, 2))
        findings = await check_books(session)
    assert tuple(billed) == (227_990, Decimal("16055091.45"), 1, 227_990, 227_990, True)
    assert (standing.amount, standing.customers) == (Decimal("316985.75"), 5174)
    churned = {movement.kind.value: movement.amount for movement in moved}["churn"]
    assert churned == Decimal("-139130.85")
    assert findings == []
    assert out
