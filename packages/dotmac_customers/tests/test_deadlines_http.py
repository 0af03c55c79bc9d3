"""Deadlines of data requests: who may answer is reminded, and sees what is overdue."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from dotmac_core_events import create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module

from .portal_site import Site

ANNOUNCED = "SELECT name FROM events.outbox WHERE name LIKE '%request_%due' ORDER BY id"


async def reminded(site: Site) -> list[tuple[str, str]]:
    """To whom the job of the day writes, and what about."""
    profile, database = site.organisation.profile, site.organisation.database
    async with database.transaction(profile.id) as session:
        await enqueue(session, "customers.watch_data_requests")
    await create_worker([module], database, database.clock).drain(profile.id)
    mails = await site.sink.deliver_messages(Tenant(profile.id, profile.slug))
    return [(mail.recipient, mail.subject) for mail in mails]


async def test_who_may_answer_is_reminded_before_the_deadline_and_told_when_it_has_passed(
    site: Site, clock: FrozenClock
) -> None:
    await site.organisation.employs("vera", "viewer")
    start = clock.now()
    body = {"customer_id": str(site.customer_id), "kind": "access"}
    asked = await site.client.post("/data-requests", headers=site.owner, json=body)
    assert asked.status_code == 201, asked.text

    told = {}
    for day in (22, 23, 24, 28, 30, 31, 32):  # thirty days are a month of November
        clock.move_to(start + timedelta(days=day))
        told[day] = await reminded(site)
    token = (await site.signed_in("/auth", "owner@example.com")).json()["data"]["access_token"]
    owner = {"Authorization": f"Bearer {token}"}
    overdue = await site.client.get("/data-requests", headers=owner, params={"overdue": True})
    async with site.organisation.database.transaction(site.organisation.profile.id) as session:
        announced = list(await session.scalars(sa.text(ANNOUNCED)))
    request = f"/data-requests/{asked.json()['data']['id']}"
    await site.client.post(f"{request}/refusal", headers=owner, json={"ground": "Art. 12(5)"})
    after = await site.client.get("/data-requests", headers=owner, params={"overdue": True})

    due = ("owner@example.com", "A data request is due on 2026-12-20")
    late = ("owner@example.com", "A data request is overdue since 2026-12-20")
    assert told == {22: [], 23: [due], 24: [], 28: [due], 30: [], 31: [late], 32: []}
    assert announced == [
        *["customers.data_request_due"] * 2,
        "customers.data_request_overdue",
    ]
    assert [one["due_on"] for one in overdue.json()["data"]] == ["2026-12-20"]
    assert after.json()["data"] == []
