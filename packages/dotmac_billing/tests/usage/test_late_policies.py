"""What becomes of usage that is told late, while its bill is a draft and afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import run_billing
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_billing.settings.service import SettingsChange, SettingsService
from dotmac_billing.testing import metered, plan, subscribed
from dotmac_billing.usage.terms import LatePolicy
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .metering import meter

OCT_18, NOV_18 = date(2026, 10, 18), date(2026, 11, 18)  # the test's clock is at 20 November
USED_ON = datetime(2026, 11, 10, 12, tzinfo=UTC)


async def reported(client: httpx.AsyncClient, event_id: str, value: int) -> str:
    """What becomes of usage of 10 November."""
    event = {"event_id": event_id, "meter": "traffic", "at": USED_ON.isoformat()}
    told: dict[str, Any] = {**event, "subscription": "line", "value": value}
    answer = await client.post("/usage/events", json={"events": [told]})
    assert answer.status_code == 200, answer.text
    [one] = answer.json()["data"]["results"]
    return str(one.get("code") or one["status"])


async def drafts(client: httpx.AsyncClient) -> list[float]:
    answer = await client.get("/bill-runs/drafts")
    return [draft["total"] for draft in answer.json()["data"]["drafts"]]


async def lines(client: httpx.AsyncClient) -> list[list[tuple[str, float]]]:
    """The kind and net amount of the lines of every invoice."""
    invoices = (await client.get("/invoices?sort=number")).json()["data"]
    return [
        [
            (line["kind"], line["net"])
            for line in (await client.get(f"/invoices/{one['id']}/lines")).json()["data"]
        ]
        for one in invoices
    ]


@pytest.mark.parametrize("policy", list(LatePolicy))
async def test_late_usage_goes_into_the_draft_while_there_is_one_and_then_by_policy(
    *,
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
    policy: LatePolicy,
) -> None:
    async def arrange(session: AsyncSession) -> None:
        service = SettingsService(session)
        await service.change(await service.locked(), SettingsChange(draft_days=5))
        await meter(session, late_policy=policy)
        price = metered("traffic", ChargeModel.PER_UNIT, {"unit_price": "1"})
        sold = await plan(session, components=[price])
        await subscribed(session, plan=sold, since=OCT_18, external_id="line")

    await database.run(tenant.id, arrange)

    in_draft = await reported(client, "a", 7)  # its period ended two days ago
    seen = await drafts(client)
    clock.advance(days=4)
    await run_billing(database, tenant.id)
    afterwards = await reported(client, "b", 5)
    clock.advance(days=30)
    await run_billing(database, tenant.id)

    assert (in_draft, seen) == ("accepted", [7])
    november, december = await lines(client)
    assert november == [("usage", 7)]
    if policy is LatePolicy.REFUSE:
        assert (afterwards, december) == ("USAGE_LATE", [("usage", 0)])
    else:
        assert (afterwards, december) == ("accepted", [("usage", 0), ("adjustment", 5)])
    late = (await client.get("/usage/late")).json()["data"]
    assert [one["day"] for one in late] == ([] if policy is LatePolicy.REFUSE else ["2026-11-10"])
    assert sum(Decimal(str(net)) for one in (november, december) for _, net in one) == (
        7 if policy is LatePolicy.REFUSE else 12
    )
