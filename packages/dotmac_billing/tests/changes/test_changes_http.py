"""Changes, pauses, transfers, access and payers over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_billing.testing import LONG_AGO, payer
from dotmac_core_ops.database import new_id
from dotmac_core_ops.testing import TEST_NOW, Tenant

from .story import DEC_1, NOV_1, Story, seats

SignedIn = Callable[..., httpx.AsyncClient]
PATH = "/subscriptions"


async def team(story: Story) -> UUID:
    subscription_id = await story.subscribed(await story.priced(*seats("30.00")))
    await story.bill()
    return subscription_id


async def test_seats_are_previewed_changed_and_listed(
    client: httpx.AsyncClient, story: Story
) -> None:
    subscription_id = await team(story)
    body = {"set": [{"component": "seat", "quantity": 3}]}

    previewed = await client.post(f"{PATH}/{subscription_id}/changes/preview", json=body)
    untouched = await client.get(f"{PATH}/{subscription_id}/changes")
    changed = await client.post(f"{PATH}/{subscription_id}/changes", json=body)
    listed = await client.get(f"{PATH}/{subscription_id}/changes")

    assert changed.status_code == 201, changed.text
    shown, made = previewed.json()["data"], changed.json()["data"]
    assert untouched.json()["data"] == []
    assert made["net"] == 22
    assert made["direction"] == "up"
    for line, expected in zip(made["lines"], shown["change"]["lines"], strict=True):
        assert {**line, "item_id": None} == {**expected, "item_id": None}
    assert shown["next_invoice"]["bill_on"] == str(DEC_1)
    assert shown["next_invoice"]["net"] == 90 + 22
    assert [one["id"] for one in listed.json()["data"]] == [made["id"]]
    await story.bill(DEC_1)
    assert (await story.invoiced())[-1][1] == 112  # as the preview said


async def test_a_scheduled_change_is_withdrawn(client: httpx.AsyncClient, story: Story) -> None:
    subscription_id = await team(story)
    later = {"set": [{"component": "seat", "quantity": 3}], "at": "period_end"}
    made = (await client.post(f"{PATH}/{subscription_id}/changes", json=later)).json()["data"]
    path = f"{PATH}/{subscription_id}/changes/{made['id']}/withdraw"

    withdrawn, again = await client.post(path), await client.post(path)

    assert made["status"] == "scheduled"
    assert withdrawn.json()["data"]["status"] == "withdrawn"
    assert (again.status_code, again.json()["error"]["code"]) == (
        409,
        "SUBSCRIPTION_CHANGE_NOT_SCHEDULED",
    )
    assert await story.windows() == [("Seat", Decimal(1), None, None)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "VALIDATION_FAILED"),
        ({"set": [{"component": "sauna", "quantity": 1}]}, 422, "SUBSCRIPTION_ITEM_NOT_FOUND"),
        ({"set": [{"quantity": 1}]}, 422, "VALIDATION_FAILED"),
        ({"remove": [{"component": "seat"}], "at": "date"}, 422, "INVALID_CHANGE"),
        ({"plan_version_id": "00000000-0000-7000-8000-000000000000"}, 404, "PLAN_NOT_FOUND"),
    ],
)
async def test_what_cannot_be_changed_says_why(
    client: httpx.AsyncClient, story: Story, body: dict[str, Any], status: int, code: str
) -> None:
    subscription_id = await team(story)

    refused = await client.post(f"{PATH}/{subscription_id}/changes", json=body)

    assert refused.status_code == status, refused.text
    assert refused.json()["error"]["code"] == code


async def test_a_life_over_http(client: httpx.AsyncClient, story: Story) -> None:
    subscription_id = await team(story)
    path = f"{PATH}/{subscription_id}"
    heir = str(await story.do(payer))

    paused = await client.post(f"{path}/pause", json={"invoicing": "now"})
    resumed = await client.post(f"{path}/resume", json={"invoicing": "now"})
    handed = await client.post(f"{path}/transfer", json={"customer_id": heir})
    cancelled = await client.post(f"{path}/cancel", json={})
    won_back = await client.post(f"{path}/reactivate", json={})

    assert [paused.status_code, resumed.status_code, handed.status_code] == [200, 200, 201]
    assert (paused.json()["data"]["net"], resumed.json()["data"]["net"]) == (-11, 11)
    assert handed.json()["data"]["change"]["kind"] == "transfer"
    assert cancelled.json()["error"]["code"] == "SUBSCRIPTION_ENDED"
    assert won_back.status_code == 200, won_back.text
    await story.check()


async def test_what_a_customer_may_use(client: httpx.AsyncClient, story: Story) -> None:
    async def plans(session: AsyncSession) -> list[Any]:
        base, box = (
            NewComponent("base", "Base", Decimal(10)),
            NewComponent("box", "Box", Decimal(2), model=ChargeModel.PER_UNIT),
        )
        code = new_id().hex[-8:]
        main = NewTerms((base,), features={"users": 10, "sso": False}, available_from=LONG_AGO)
        more = NewTerms((box,), features={"users": 5, "sso": True}, available_from=LONG_AGO)
        return [
            await publish_plan(session, NewPlan(f"M-{code}", "Main", main)),
            await publish_plan(session, NewPlan(f"A-{code}", "More", more, is_add_on=True)),
        ]

    main, more = await story.do(plans)
    subscription_id = await story.subscribed(main, since=NOV_1)
    customer_id = (await story.get(subscription_id)).customer_id
    path = f"{PATH}/{subscription_id}"

    async def limits(where: str) -> dict[str, Any]:
        read = await client.get(f"{where}/entitlements")
        assert read.status_code == 200, read.text
        return {one["feature"]: (one["is_granted"], one["limit"]) for one in read.json()["data"]}

    assert await limits(path) == {"sso": (False, None), "users": (True, 10)}
    add = {"plan_version_id": str(more.id), "items": [{"component": "box", "quantity": 2}]}
    added = await client.post(f"{path}/changes", json={"add": [add]})
    assert added.status_code == 201, added.text
    of_customer = f"/billing/customers/{customer_id}"
    assert await limits(of_customer) == {"sso": (True, None), "users": (True, 20)}
    await client.put(f"{path}/features", json={"features": {"users": -1}})
    assert (await limits(path))["users"] == (True, None)
    await client.post(f"{path}/cancel", json={"at": "now", "access_until": "2026-12-24"})
    assert (await limits(path))["sso"] == (True, None)
    story.clock.advance(days=34)
    assert await limits(path) == {}


async def test_a_parent_pays_for_its_children_on_one_invoice(
    client: httpx.AsyncClient, story: Story
) -> None:
    fiber = await story.plan("30.00")
    ids = [await story.subscribed(fiber) for _ in range(2)]
    children = [(await story.get(one)).customer_id for one in ids]
    parent = await story.do(payer)
    customers = "/billing/customers"

    for child in children:
        done = await client.put(f"{customers}/{child}/payer", json={"parent_id": str(parent)})
        assert done.json()["data"]["subscriptions"] == 1
    await client.put(f"{customers}/{parent}/payer", json={"consolidate": True})
    loop = await client.put(f"{customers}/{parent}/payer", json={"parent_id": str(children[0])})

    assert loop.json()["error"]["code"] == "INVALID_PAYER"
    await story.bill()
    rows = await story.rows("SELECT customer_id, net FROM billing.invoices")
    assert rows == [(parent, Decimal(60))]
    await story.check()


async def test_by_the_second_what_began_today_is_changed_from_tomorrow_on(
    client: httpx.AsyncClient, story: Story
) -> None:
    subscription_id = await team(story)
    path = f"{PATH}/{subscription_id}/changes"
    version = (await client.get("/billing/settings")).headers.get("etag")
    headers = {"If-Match": version} if version else {}
    settings = await client.patch(
        "/billing/settings", json={"proration": "second"}, headers=headers
    )
    assert settings.status_code == 200, settings.text
    story.clock.advance(hours=2)
    first = await client.post(path, json={"set": [{"component": "seat", "quantity": 3}]})
    story.clock.advance(hours=4)
    more = {"set": [{"component": "seat", "quantity": 5}]}

    refused = await client.post(path, json=more)
    seen = await client.post(f"{path}/preview", json=more)
    later = await client.post(path, json={**more, "at": "period_end"})

    assert first.status_code == 201, first.text
    for answer in (refused, seen):
        assert answer.status_code == 409, answer.text
        assert answer.json()["error"]["code"] == "SUBSCRIPTION_CHANGED_TODAY"
    assert later.status_code == 201, later.text
    # Two seats more at 30.00 from that second on, to the end of a month of 30 days.
    made = first.json()["data"]
    left = (datetime(2026, 12, 1, tzinfo=UTC) - TEST_NOW - timedelta(hours=2)).total_seconds()
    assert made["net"] == pytest.approx(60 * left / (30 * 86_400), abs=0.011)


async def test_reading_does_not_allow_changing(
    signed_in: SignedIn, tenant: Tenant, story: Story
) -> None:
    subscription_id = await team(story)
    reader = signed_in(tenant, "subscriptions:read")
    body = {"set": [{"component": "seat", "quantity": 3}]}
    path = f"{PATH}/{subscription_id}/changes"

    assert (await reader.post(f"{path}/preview", json=body)).status_code == 200
    assert (await reader.post(path, json=body)).status_code == 403
