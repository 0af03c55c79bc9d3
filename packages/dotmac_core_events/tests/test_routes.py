from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI, Request

from dotmac_core_events import EventConsumer, create_worker, enqueue, module
from dotmac_core_events.outbox.errors import EventNotDeadError, EventNotFoundError
from dotmac_core_events.queue.errors import (
    InstallationJobError,
    JobNotDeadError,
    JobNotFoundError,
)
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Job, JobContext, Module
from dotmac_core_ops.principal import PermissionDeniedError, Principal
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import BellRung, notes, ring, rows

ALL = frozenset({"events:read", "events:replay", "jobs:read", "jobs:run"})
is_broken = True


@EventConsumer.handle("lighthouse.bell_rung")
async def fragile(_: BellRung) -> None:
    if is_broken:
        raise ZeroDivisionError


async def clean(_: JobContext) -> None:
    if is_broken:
        raise ZeroDivisionError


LIGHTHOUSE = Module(
    "lighthouse",
    handlers=(fragile,),
    jobs=(
        Job("lighthouse.clean", clean, max_attempts=1),
        Job("lighthouse.rotate", clean, per_tenant=False),
    ),
)


@pytest.fixture(autouse=True)
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "is_broken", True)


@asynccontextmanager
async def api(
    database: Database,
    tenant: Tenant,
    permissions: frozenset[str] = ALL,
    kind: Literal["user", "system"] = "user",
) -> AsyncIterator[httpx.AsyncClient]:
    async def authenticate(_: Request) -> Principal:
        return Principal(tenant.id, "ann", kind, "Ann", permissions)

    app = FastAPI()
    app.state.database = database
    app.state.modules = (module, LIGHTHOUSE)
    app.state.authenticate = authenticate
    for router in module.routers:
        app.include_router(router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://lighthouse") as client:
        yield client


async def dead_events(database: Database, tenant: Tenant, *strokes: int) -> list[str]:
    await ring(database, tenant.id, *strokes)
    async with database.transaction(tenant.id) as session:
        await session.execute(sa.text("UPDATE events.outbox SET state = 'dead'"))
    return [str(row.id) for row in await rows(database, tenant.id, "events.outbox")]


def data(response: httpx.Response) -> Any:  # noqa: ANN401 - any JSON value
    assert response.is_success, response.text
    return response.json()["data"]


async def test_events_are_listed_newest_first(database: Database, tenant: Tenant) -> None:
    await dead_events(database, tenant, 1, 2)
    await ring(database, tenant.id, 3)

    async with api(database, tenant) as client:
        everything = await client.get("/events", params={"per_page": 2})
        dead = await client.get("/events", params={"state": "dead"})
        other = await client.get("/events", params={"name": "lighthouse.fog_cleared"})

    assert [event["payload"]["strokes"] for event in data(everything)] == [3, 2]
    assert everything.json()["meta"]["pagination"]["total"] == 3
    assert [event["state"] for event in data(dead)] == ["dead", "dead"]
    assert data(other) == []


async def test_an_event_is_read_by_its_tenant_only(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    [event_id] = await dead_events(database, tenant, 7)

    async with api(database, tenant) as client:
        own = data(await client.get(f"/events/{event_id}"))
    async with api(database, second_tenant) as client:
        with pytest.raises(EventNotFoundError):
            await client.get(f"/events/{event_id}")

    assert own["payload"] == {"strokes": 7}


async def test_dead_events_are_replayed_or_dropped(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = await dead_events(database, tenant, 1, 2, 3)

    async with api(database, tenant) as client:
        dropped = data(await client.post("/events/drop", json={"ids": [first]}))
        replayed = data(await client.post("/events/replay", json={"ids": [second]}))
        rest = data(await client.post("/events/replay", json={}))
    monkeypatch.setitem(globals(), "is_broken", False)
    drained = await create_worker((LIGHTHOUSE,), database).drain(tenant.id)

    assert (dropped, replayed, rest) == ({"count": 1}, {"count": 1}, {"count": 1})
    assert drained.events == 2
    assert [str(row.id) for row in await rows(database, tenant.id, "events.outbox")] == [
        second,
        third,
    ]
    assert [action for action, _ in await notes(database, tenant.id)] == [
        "events.dropped",
        "events.replayed",
        "events.replayed",
    ]


async def test_only_dead_events_are_replayed_and_then_all_or_none(
    database: Database, tenant: Tenant
) -> None:
    [dead] = await dead_events(database, tenant, 1)
    unknown = str(uuid4())

    async with api(database, tenant) as client:
        with pytest.raises(EventNotDeadError) as refused:
            await client.post("/events/replay", json={"ids": [dead, unknown]})

    assert refused.value.details == {"events": [unknown]}
    [row] = await rows(database, tenant.id, "events.outbox")
    assert row.state == "dead"


async def test_a_job_is_run_now_and_retried(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = create_worker((LIGHTHOUSE,), database)

    async with api(database, tenant) as client:
        started = data(await client.post("/jobs/lighthouse.clean/run", json={}))
        await working.drain(tenant.id)
        [dead] = data(await client.get("/jobs", params={"state": "dead"}))
        monkeypatch.setitem(globals(), "is_broken", False)
        retried = data(await client.post(f"/jobs/{dead['id']}/retry"))
        await working.drain(tenant.id)
        done = data(await client.get(f"/jobs/{dead['id']}"))
        with pytest.raises(JobNotDeadError):
            await client.post(f"/jobs/{dead['id']}/retry")

    assert started == {"count": 1, "job_id": dead["id"]}
    assert "ZeroDivisionError" in dead["last_error"]
    assert (retried["state"], retried["attempts"]) == ("pending", 0)
    assert done["state"] == "done"


async def test_jobs_that_are_not_there_are_not_found(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        job_id = await enqueue(session, "lighthouse.clean")

    async with api(database, second_tenant) as client:
        for call in (
            client.get(f"/jobs/{job_id}"),
            client.post(f"/jobs/{job_id}/retry"),
            client.post("/jobs/lighthouse.paint/run", json={}),
        ):
            with pytest.raises(JobNotFoundError):
                await call


async def test_only_the_installation_runs_jobs_for_all(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with api(database, tenant) as client:
        with pytest.raises(InstallationJobError):
            await client.post("/jobs/lighthouse.rotate/run", json={})
        with pytest.raises(InstallationJobError):
            await client.post("/jobs/lighthouse.clean/run", json={"all_tenants": True})
    async with api(database, tenant, kind="system") as client:
        rotated = data(await client.post("/jobs/lighthouse.rotate/run", json={}))
        cleaned = data(await client.post("/jobs/lighthouse.clean/run", json={"all_tenants": True}))

    assert rotated["count"] == 1
    assert cleaned["count"] >= 2
    assert len(await rows(database, second_tenant.id, "events.jobs")) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/events"),
        ("POST", "/events/replay"),
        ("POST", "/events/drop"),
        ("GET", "/jobs"),
        ("POST", "/jobs/lighthouse.clean/run"),
    ],
)
async def test_nothing_is_open_without_its_permission(
    database: Database, tenant: Tenant, method: str, path: str
) -> None:
    async with api(database, tenant, permissions=frozenset()) as client:
        with pytest.raises(PermissionDeniedError):
            await client.request(method, path, json={})
