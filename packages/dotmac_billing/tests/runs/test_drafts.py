"""Bills that stay drafts for some days before they are issued."""

from datetime import date
from decimal import Decimal

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import run_billing
from dotmac_billing.catalog.terms import BillingTiming
from dotmac_billing.runs.service import BillRunService
from dotmac_billing.settings.service import SettingsChange, SettingsService
from dotmac_billing.testing import plan, subscribed
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)  # of the test's clock


@pytest.fixture
async def drafting(session: AsyncSession) -> None:
    """A tenant whose bills are drafts for three days, and three subscriptions due around them."""
    service = SettingsService(session)
    await service.change(await service.locked(), SettingsChange(draft_days=3))
    for day in (16, 17, 18):
        await subscribed(session, since=date(2026, 11, day))
    await session.commit()


@pytest.mark.usefixtures("drafting")
async def test_a_bill_is_issued_when_its_draft_days_are_over(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    first = await run_billing(database, tenant.id, TODAY)
    async with database.transaction(tenant.id) as session:
        drafts, failures, due = await BillRunService(session).drafts(None, limit=50, offset=0)
    clock.advance(days=1)
    second = await run_billing(database, tenant.id, date(2026, 11, 21))

    assert (first.invoices, second.invoices) == (2, 1)
    assert [(draft.bill_on, draft.totals.total) for draft in drafts] == [
        (date(2026, 11, 18), Decimal("49.90"))
    ]
    assert (failures, due) == ([], 1)


async def test_history_has_no_drafts(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        service = SettingsService(session)
        await service.change(await service.locked(), SettingsChange(draft_days=60))
        old = await plan(session, timing=BillingTiming.ARREARS)
        await subscribed(session, plan=old, since=date(2026, 1, 1))

    result = await run_billing(database, tenant.id, date(2026, 2, 1))

    assert result.invoices == 1


@pytest.mark.usefixtures("drafting")
async def test_drafts_are_seen_over_http(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bill-runs/drafts", params={"through": "2026-11-17"})

    assert answer.status_code == 200
    assert answer.json()["meta"]["pagination"]["total"] == 2
    assert [draft["total"] for draft in answer.json()["data"]["drafts"]] == [49.9, 49.9]


async def test_no_drafts_of_the_far_future_are_shown(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bill-runs/drafts", params={"through": "9999-12-31"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "BILL_RUN_TOO_FAR_AHEAD")
