from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .metering import measured, subscriber

SignedIn = Callable[..., httpx.AsyncClient]
NOBODY = "00000000-0000-7000-8000-000000000000"
TRAFFIC = {"code": "traffic", "name": "Traffic", "aggregation": "sum", "value_property": "gb"}
AT = "2026-11-20T09:30:00+01:00"


@pytest.fixture
async def subscription(database: Database, tenant: Tenant) -> str:
    async with database.transaction(tenant.id) as session:
        return str(await subscriber(session, external_id="line 7"))


async def test_a_meter_is_defined_read_changed_and_archived(client: httpx.AsyncClient) -> None:
    defined = await client.post("/meters", json={**TRAFFIC, "dimensions": ["region"]})
    meter = defined.json()["data"]

    changed = await client.patch(
        f"/meters/{meter['id']}",
        json={"name": "Data", "late_policy": "refuse", "archived": True},
        headers={"If-Match": defined.headers.get("etag", '"1"')},
    )
    read = await client.get(f"/meters/{meter['id']}")

    assert defined.status_code == 201, defined.text
    assert (meter["late_policy"], meter["back_dating_days"]) == ("next_invoice", 35)
    assert changed.status_code == 200, changed.text
    assert read.json()["data"] == changed.json()["data"]
    assert (await client.get("/meters?archived=false")).json()["data"] == []
    assert len((await client.get("/meters?archived=true&sort=-name")).json()["data"]) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aggregation": "guess"}, "VALIDATION_FAILED"),
        ({"weighting": "hour"}, "INVALID_METER"),
        ({"aggregation": "weighted_sum"}, "INVALID_METER"),
        ({"dimensions": ["a", "a"]}, "INVALID_METER"),
        ({"filters": {"a": []}}, "VALIDATION_FAILED"),
        ({"back_dating_days": 0}, "VALIDATION_FAILED"),
        ({"code": "taken"}, "METER_CODE_TAKEN"),
    ],
)
async def test_a_meter_that_cannot_be_says_why(
    client: httpx.AsyncClient, change: dict[str, Any], code: str
) -> None:
    await client.post("/meters", json={**TRAFFIC, "code": "taken"})

    refused = await client.post("/meters", json={**TRAFFIC, **change})

    assert refused.json()["error"]["code"] == code


@pytest.mark.usefixtures("subscription")
async def test_each_event_of_a_call_is_answered_for(client: httpx.AsyncClient) -> None:
    await client.post("/meters", json=TRAFFIC)
    good = {"event_id": "1", "meter": "traffic", "at": AT, "subscription": "line 7", "value": 1.5}
    events: list[Any] = [
        good,
        {**good, "event_id": "2", "value": "2.25", "properties": {"region": "eu", "n": 1}},
        {**good, "event_id": "3", "value": None, "properties": {"gb": 12345678901234.123456789}},
        good,
        {**good, "event_id": "4", "at": "2026-11-20"},
        {**good, "event_id": "5", "at": "2026-11-20T09:30:00"},
        {**good, "event_id": "6", "value": "much"},
        {**good, "event_id": "7", "properties": {"gb": [1]}},
        {**good, "event_id": "8", "colour": "red"},
        {**good, "event_id": 9},
        {**good, "event_id": "10", "customer": 7},
        {"event_id": "11"},
        "event",
        None,
    ]

    answer = await client.post("/usage/events", json={"events": events})

    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert [one.get("code") or one["status"] for one in data["results"]] == [
        *("accepted", "accepted", "accepted", "duplicate", "TIME_INVALID", "TIME_INVALID"),
        *("VALUE_INVALID", "PROPERTIES_INVALID"),
        *["MALFORMED_EVENT"] * 6,
    ]
    assert [data[name] for name in ("accepted", "duplicates", "refused", "late")] == [3, 1, 10, 0]


async def test_digits_beyond_a_double_arrive(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, subscription: str
) -> None:
    await client.post("/meters", json=TRAFFIC)

    answer = await client.post(
        "/usage/events",
        content=b'{"events": [{"event_id": "1", "meter": "traffic", "at": "2026-11-20T09:30:00Z",'
        b' "subscription": "line 7", "value": 123456789012345.123456789}]}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.json()["data"]["accepted"] == 1
    async with database.transaction(tenant.id) as session:
        found = await measured(
            session,
            UUID(subscription),
            since=datetime(2026, 11, 20, tzinfo=UTC),
        )
    assert str(found.quantity) == "123456789012345.123456789"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "MALFORMED_JSON"),
        (b"[]", 422, "VALIDATION_FAILED"),
        (b'{"events": []}', 422, "VALIDATION_FAILED"),
        (b'{"events": {}}', 422, "VALIDATION_FAILED"),
        (b'{"events": [], "more": 1}', 422, "VALIDATION_FAILED"),
        (b'{"events": [' + b",".join([b"1"] * 1001) + b"]}", 422, "VALIDATION_FAILED"),
    ],
)
async def test_a_call_that_is_no_list_of_events_is_refused(
    client: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    answer = await client.post(
        "/usage/events", content=content, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.usefixtures("subscription")
async def test_a_repeated_call_with_a_key_gets_the_first_answer(client: httpx.AsyncClient) -> None:
    await client.post("/meters", json=TRAFFIC)
    event = {"event_id": "1", "meter": "traffic", "at": AT, "subscription": "line 7", "value": 1}

    answers = [
        await client.post(
            "/usage/events", json={"events": [event]}, headers={"Idempotency-Key": "once"}
        )
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("subscription")
async def test_reporting_is_a_right_of_its_own(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    event = {"event_id": "1", "meter": "traffic", "at": AT, "subscription": "line 7", "value": 1}
    body = {"events": [event]}
    stranger = signed_in(second_tenant)
    await stranger.post("/meters", json=TRAFFIC)

    assert (
        await signed_in(tenant, "usage:read").post("/usage/events", json=body)
    ).status_code == 403
    assert (await signed_in(tenant, "usage:ingest").get("/meters")).status_code == 403
    told = (await stranger.post("/usage/events", json=body)).json()["data"]["results"]
    assert told[0]["code"] == "UNKNOWN_SUBSCRIPTION"


@pytest.mark.parametrize("event_id", ["router/7", " spaces ", "a?b#c"])
async def test_an_event_of_any_id_can_be_corrected(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    subscription: str,
    event_id: str,
) -> None:
    await client.post("/meters", json=TRAFFIC)
    event = {"event_id": event_id, "meter": "traffic", "at": AT, "subscription": "line 7"}
    await client.post("/usage/events", json={"events": [{**event, "value": 5}]})

    answer = await client.post("/usage/corrections", json={"event_id": event_id, "value": 3})

    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["event_id"] == event_id
    async with database.transaction(tenant.id) as session:
        found = await measured(session, UUID(subscription))
    assert found.quantity == 3
