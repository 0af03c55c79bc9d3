"""A company on a test clock: what is done to it is done over HTTP, on the day it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from dotmac_core_events import advance
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_platform.modules import MODULES

UTC = ZoneInfo("UTC")
NOON = time(12)  # the scheduled jobs of a day have run by then
_numbers = count(1)


@dataclass
class Life:
    """The company; ids are by code. A subscription has the code of its customer."""

    database: Database
    tenant: Tenant
    client: httpx.AsyncClient
    customers: dict[str, Any]
    plans: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, str] = field(default_factory=dict)
    payments: dict[str, str] = field(default_factory=dict)

    async def send(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 (any JSON)
        """What a request is answered with, which must not be a refusal."""
        answer = await self.client.request(method, path, json=body)
        assert answer.is_success, f"{method} {path} {str(body)[:200]}: {answer.text}"
        return answer.json()["data"]

    async def post(self, path: str, **body: object) -> Any:  # noqa: ANN401 (any JSON)
        """What a POST is answered with."""
        return await self.send("POST", path, body)

    async def get(self, path: str) -> Any:  # noqa: ANN401 (any JSON)
        """What there is."""
        return await self.send("GET", path, None)

    async def until(self, to: datetime) -> None:
        """Let time pass."""
        await advance(self.database, MODULES, self.tenant.id, to)


Deed = Callable[[Life], Awaitable[object]]


def starts(code: str, plan: str, on: str, **more: object) -> Deed:
    """The customer of that code subscribes."""

    async def do(life: Life) -> None:
        made = await life.post(
            "/subscriptions",
            customer_id=str(life.customers[code]),
            plan_id=life.plans[plan],
            start_on=on,
            external_id=code,
            **more,
        )
        life.subscriptions[code] = made["id"]

    return do


def pays(code: str, amount: str) -> Deed:
    """Money comes in, today."""

    async def do(life: Life) -> None:
        today = (await life.get("/test-clocks"))[0]["now"][:10]
        body = {"customer_id": str(life.customers[code]), "amount": amount, "received_on": today}
        life.payments[code] = (await life.post("/payments", **body))["id"]

    return do


def asks(code: str, verb: str, **body: object) -> Deed:
    """Something is done to the customer's subscription; `plan` and `add_on` are codes."""

    async def do(life: Life) -> None:
        if "plan" in body:
            body["plan_id"] = life.plans[str(body.pop("plan"))]
        if "add_on" in body:
            plan = await life.get(f"/plans/{life.plans[str(body.pop('add_on'))]}")
            body["add"] = [{"plan_version_id": plan["versions"][0]["id"]}]
        if "to" in body:
            body["customer_id"] = str(life.customers[str(body.pop("to"))])
        await life.post(f"/subscriptions/{life.subscriptions[code]}/{verb}", **body)

    return do


def uses(code: str, meter: str, *values: object, at: str | None = None, **more: object) -> Deed:
    """Usage is reported, of this noon or of `at`; an event for each value."""

    async def do(life: Life) -> None:
        now = (await life.get("/test-clocks"))[0]["now"]
        events = [
            {
                "event_id": f"{code}-{next(_numbers)}",
                "meter": meter,
                "at": at or now,
                "subscription": code,
                **({"properties": value} if isinstance(value, dict) else {"value": value}),
                **more,
            }
            for value in values
        ]
        for _ in range(2):  # reported twice, because the first answer was lost
            answer = await life.post("/usage/events", events=events)
            assert answer["refused"] == 0, answer

    return do


def redeems(code: str, coupon: str) -> Deed:
    """The customer redeems a coupon."""
    return lambda life: life.post(
        f"/billing/customers/{life.customers[code]}/discounts", code=coupon
    )


def noon(day: str | date) -> datetime:
    """Noon of that day, in UTC."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, NOON, UTC)


async def live(life: Life, diary: Sequence[tuple[str, Deed]], until: datetime) -> None:
    """Let time pass, and do what the diary says, each on its day."""
    for day, deed in sorted(diary, key=lambda entry: entry[0]):
        if noon(day) > await _now(life):
            await life.until(noon(day))
        await deed(life)
    await life.until(until)


async def _now(life: Life) -> datetime:
    return datetime.fromisoformat((await life.get("/test-clocks"))[0]["now"])
