"""B4: metered billing of 1,000 customers, one invoice a transaction and 100; a report over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

import orjson

from dotmac_billing import (
    Aggregation,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    NewComponent,
    NewMeter,
    NewPlan,
    NewTerms,
    StartSubscription,
    UsageEvent,
    add_tax_rate,
    check_books,
    define_meter,
    ingest_stream,
    publish_plan,
    run_billing,
    start_subscriptions,
)
from dotmac_core_ops.database import Database
from dotmac_identity import ApiKeyService
from tests.performance.harness.http_post import post_all, request
from tests.performance.harness.http_server import PRODUCT, serving
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import DUE_ON, PASSES, add_customers, new_tenant

CUSTOMERS = 1_000
REPORTS = 300
SINCE = date(2026, 10, 1)
USED_AT = datetime(2026, 10, 20, 12, tzinfo=UTC)
FEATURES = ("calls", "messages")
EACH = Decimal("37.68")  # 29.90 + 2 x 50 x 0.0150, and 20 % tax
MODES = (("B4a", 1, "issued, one a transaction"), ("B4b", 100, "the same, 100 a transaction"))

_FOUND = """
SELECT count(*), count(DISTINCT number), max(sequence) - min(sequence) + 1, sum(total),
  (SELECT count(*) FROM billing.invoice_lines),
  (SELECT count(*) FROM events.outbox WHERE name = 'billing.invoice_issued')
FROM billing.invoices
"""


async def bench(stage: Stage) -> list[Row]:
    """Each mode on tenants of its own, with its ledger posted in the same transaction."""
    count = stage.full(CUSTOMERS, 100)
    passes = stage.full(PASSES, 1)
    async with stage.database() as database:
        second = await _metered(database, count)
        await run_billing(database, second, DUE_ON, historical=False)
        given = {
            name: [await _metered(database, count) for _ in range(passes)] for name, *_ in MODES
        }
        reporting = await _metered(database, count)
    await stage.settle()
    rows = []
    for name, chunk, work in MODES:
        done = [await alone(_bill, stage, tenant_id, count, chunk) for tenant_id in given[name]]
        rows.append(measured(name, f"metered, 3 lines, {work}", "invoices", count, done))
    return [*rows, await _reports(stage, reporting)]


async def _metered(database: Database, count: int) -> UUID:
    """Customers with a line and two features of which 100 are included and 150 were used."""
    tenant_id = await new_tenant(database, "b4")
    customers = await add_customers(database, tenant_id, count, batch=1_000)
    async with database.transaction(tenant_id) as session:
        await add_tax_rate(session, "VAT", Decimal("0.2"), valid_from=date(2020, 1, 1))
        for code in FEATURES:
            await define_meter(session, NewMeter(code, code.title(), Aggregation.SUM))
        base = NewComponent("base", "Line", Decimal("29.90"), tax_code="VAT")
        terms = NewTerms(
            (base, *(_feature(code) for code in FEATURES)),
            timing=BillingTiming.ARREARS,
            available_from=date(2020, 1, 1),
        )
        plan = await publish_plan(session, NewPlan("METERED", "Metered", terms))
        starts = [StartSubscription(one, plan.id, SINCE) for one in customers]
        ids = (await start_subscriptions(session, starts)).ids
    used = [
        UsageEvent(f"{one}-{code}", code, USED_AT, subscription=str(one), value=150)
        for one in ids
        for code in FEATURES
    ]
    result = await ingest_stream(database, tenant_id, enumerate(used))
    require("events taken", result.accepted, 2 * count)
    return tenant_id


def _feature(code: str) -> NewComponent:
    tiers = [{"up_to": "100", "unit_price": "0"}, {"up_to": None, "unit_price": "0.0150"}]
    return NewComponent(
        code,
        code.title(),
        kind=ComponentKind.USAGE,
        model=ChargeModel.GRADUATED,
        prices={"EUR": {"tiers": tiers}},
        meter=code,
        tax_code="VAT",
    )


async def _bill(stage: Stage, tenant_id: UUID, count: int, chunk: int) -> Usage:
    async with stage.database(pool_size=1) as database:
        before = await stage.writes(tenant_id)
        with stage.usage() as used:
            result = await run_billing(
                database, tenant_id, DUE_ON, historical=False, chunk_size=chunk, concurrency=1
            )
        commits = await stage.writes(tenant_id) - before
        require("invoices", (result.invoices, result.failures), (count, []))
        require("a commit for each chunk", commits >= count // chunk, expected=True)
        again = await run_billing(database, tenant_id, DUE_ON, historical=False)
        require("invoices of a second run", again.invoices, 0)
        async with database.transaction(tenant_id) as session:
            require("findings in the books", await check_books(session), [])
    found = await stage.found(tenant_id, _FOUND)
    expected = (count, count, count, EACH * count, 3 * count, count)
    require("invoices, numbers, span, total, lines, facts", found, expected)
    return used


async def _reports(stage: Stage, tenant_id: UUID) -> Row:
    """One usage figure a request, one after the other, as the product is served."""
    async with stage.database() as database, database.transaction(tenant_id) as session:
        issued = await ApiKeyService.within(session).create(name="b4", scopes=("usage:ingest",))
    async with stage.sql(tenant_id) as connection:
        rows = await connection.fetch("SELECT number FROM billing.subscriptions ORDER BY id")
    headers = {"Authorization": f"Bearer {issued.secret}"}
    post = partial(request, "POST", "/api/v1/usage/events", headers)
    bodies = [
        {
            "event_id": f"r-{n}",
            "meter": FEATURES[0],
            "at": "2026-11-19T12:00:00Z",
            "subscription": rows[n % len(rows)]["number"],
            "value": 7,
        }
        for n in range(REPORTS)
    ]
    async with serving(stage, PRODUCT) as server:
        requests = [post(orjson.dumps({"events": [body]})) for body in bodies]
        seconds, failures = await post_all(server.port, requests, 1)
    require("answers that are not 200", failures, 0)
    found = await stage.found(
        tenant_id, "SELECT count(*) FROM billing.usage_events WHERE value = 7"
    )
    require("reports taken", found, (REPORTS,))
    work = "one usage figure a request, over HTTP, one connection"
    return Row("B4c", work, REPORTS, "reports", REPORTS / seconds)
