"""Billing thresholds over HTTP: as somebody who keeps the subscriptions, and as one who reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx

from dotmac_api_gateway.testing import SignedIn
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_billing.testing import metered
from dotmac_core_ops.testing import Tenant
from packages.dotmac_billing.tests.changes.story import DEC_1, NOV_1, Story

from .test_sweeping import at, priced, swept, used

PLAN: dict[str, Any] = {
    "code": "METERED",
    "name": "Metered",
    "currency": "EUR",
    "components": [
        {
            "code": "traffic",
            "name": "Traffic",
            "kind": "usage",
            "model": "per_unit",
            "meter": "traffic",
            "unit_price": 1,
        }
    ],
    "thresholds": {"amounts": {"EUR": [100, 500]}, "every": {"EUR": 250}},
}


async def test_a_plan_has_thresholds(story: Story, client: httpx.AsyncClient) -> None:
    await priced(story, at(1))

    made = await client.post("/plans", json=PLAN)

    assert made.status_code == 201, made.text
    assert made.json()["data"]["versions"][0]["thresholds"] == {
        "amounts": {"EUR": [100, 500]},
        "every": {"EUR": 250},
        "quantities": {},
    }


async def test_amounts_that_do_not_ascend_are_refused(
    story: Story, client: httpx.AsyncClient
) -> None:
    await priced(story, at(1))
    wrong = {**PLAN, "thresholds": {"amounts": {"EUR": [500, 100]}}}

    refused = await client.post("/plans", json=wrong)

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "INVALID_PLAN"


async def test_a_subscription_has_its_own_until_they_are_removed(
    story: Story, client: httpx.AsyncClient
) -> None:
    subscription = await story.subscribed(await priced(story, at(1000)))
    await used(story, subscription, "60.5")
    path = f"/subscriptions/{subscription}"

    answer = await client.put(
        f"{path}/billing-thresholds", json={"amounts": {"EUR": [50]}, "quantities": {"traffic": 90}}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["is_own"] is True
    assert answer.json()["data"]["unbilled"] == 60.5

    await swept(story)
    invoices = (await client.get(f"{path}/threshold-invoices")).json()
    assert invoices["meta"]["pagination"]["total"] == 1
    made = invoices["data"][0]
    assert (made["measure"], made["threshold"], made["total"]) == ("amount", 50, 60.5)
    invoice = (await client.get(f"/invoices/{made['invoice_id']}")).json()["data"]
    assert (invoice["kind"], invoice["total"]) == ("threshold", 60.5)
    assert (await client.get(f"{path}/billing-thresholds")).json()["data"]["unbilled"] == 0

    assert (await client.delete(f"{path}/billing-thresholds")).status_code == 204
    standing = (await client.get(f"{path}/billing-thresholds")).json()["data"]
    assert standing["is_own"] is False
    assert standing["thresholds"]["amounts"] == {"EUR": [1000]}


async def test_the_preview_shows_what_is_left(story: Story, client: httpx.AsyncClient) -> None:
    subscription = await story.subscribed(await priced(story, at(50)))
    await used(story, subscription, 60)
    await swept(story)
    await used(story, subscription, 7)

    shown = await client.post(f"/subscriptions/{subscription}/preview", json={})

    assert Decimal(str(shown.json()["data"][0]["net"])) == 7


async def test_what_is_not_metered_has_no_threshold(
    story: Story, client: httpx.AsyncClient
) -> None:
    subscription = await story.subscribed(await story.plan(), since=NOV_1)

    refused = await client.put(
        f"/subscriptions/{subscription}/billing-thresholds",
        json={"quantities": {"base": 10}},
    )

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "BILLING_THRESHOLDS_INVALID"


async def test_a_reader_sets_none_and_a_stranger_sees_none(
    story: Story, tenant: Tenant, second_tenant: Tenant, signed_in: SignedIn
) -> None:
    metered_plan = await priced(
        story, at(5), metered("traffic", ChargeModel.PER_UNIT, {"unit_price": "1"})
    )
    path = f"/subscriptions/{await story.subscribed(metered_plan)}/billing-thresholds"
    reader = signed_in(tenant, "subscriptions:read")

    assert (await reader.put(path, json={})).status_code == 403
    assert (await reader.delete(path)).status_code == 403
    assert (await reader.get(path)).status_code == 200
    assert (await signed_in(second_tenant).get(path)).status_code == 404
    unknown = f"/subscriptions/{uuid4()}/billing-thresholds"
    assert (await signed_in(tenant).put(unknown, json={})).status_code == 404


async def test_the_playground_bills_at_thresholds_as_the_job_does(
    story: Story, client: httpx.AsyncClient
) -> None:
    subscription = await story.subscribed(await priced(story, at(100, 500)))
    for quantity in (60, 60, 410):
        await used(story, subscription, quantity)
        await swept(story)
    await story.bill(DEC_1)
    terms = {
        "currency": "EUR",
        "timing": "arrears",
        "components": PLAN["components"],
        "thresholds": {"amounts": {"EUR": [100, 500]}},
    }
    uses = [
        {"at": f"2026-11-{day:02}T12:00:00", "quantity": quantity}
        for day, quantity in ((5, 60), (9, 60), (20, 410))
    ]

    answer = await client.post(
        "/billing/simulate",
        json={"terms": terms, "start_on": "2026-11-01", "usage": {"traffic": {"uses": uses}}},
    )

    assert answer.status_code == 200, answer.text
    shown = answer.json()["data"]["invoices"]
    assert [one["bill_on"] for one in shown] == ["2026-11-09", "2026-11-20", "2026-12-01"]
    assert [one["net"] for one in shown] == [net for _, net in await story.invoiced()]
