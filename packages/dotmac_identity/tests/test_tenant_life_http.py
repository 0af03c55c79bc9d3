from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from dotmac_core_events import create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Job, JobContext, Module
from dotmac_identity import Passwords, Trial, module
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.operators import Door, Visitor

TRIAL = Trial("PROFESSIONAL", {"tier": "professional", "users": 25, "spc_charts": True})
ROLE = {"email": "new@example.com", "name": "New", "password": "correct horse battery staple"}
NEW_USER = {**ROLE, "roles": ["viewer"]}


@pytest.fixture
async def boss(door: Door, operator: Organisation) -> Visitor:
    """The owner of the operator."""
    return await door.as_(operator)


@pytest.fixture
async def trying(database: Database, passwords: Passwords) -> Organisation:
    return await Organisation.founded(database, passwords, trial=TRIAL)


async def moved(boss: Visitor, tenant: Organisation, state: str, reason: str) -> str:
    body = {"state": state, "reason": reason}
    return await boss.told("POST", f"/tenants/{tenant.profile.id}/move", body)


async def passes(database: Database, tenant: Organisation) -> None:
    """What the worker does once a day."""
    async with database.transaction(tenant.profile.id) as session:
        await enqueue(session, "identity.pass_tenant_time")
    worker = create_worker([module], database)
    await worker.drain(tenant.profile.id)


async def test_a_trial_becomes_read_only_and_then_closes(
    door: Door, trying: Organisation, database: Database, clock: FrozenClock
) -> None:
    owner = await door.as_(trying)
    standing = (await owner.ask("GET", "/tenant/standing")).json()["data"]
    entitlements = (await owner.ask("GET", "/entitlements")).json()["data"]
    assert (standing["state"], standing["days_left"], standing["banner"]) == ("trial", 14, "blue")
    assert (entitlements["tier"], entitlements["features"]) == (
        "professional",
        ["spc_charts", "users"],
    )
    assert await owner.told("POST", "/users", NEW_USER) == "201"

    clock.advance(days=14)
    await passes(database, trying)
    owner = await door.as_(trying)
    assert (await owner.ask("GET", "/tenant/standing")).json()["data"]["reason"] == "trial_ended"
    assert await owner.told("GET", "/users") == "200"
    assert await owner.told("POST", "/users", NEW_USER) == "403 TENANT_READ_ONLY"
    assert await owner.told("POST", "/auth/sign-out") == "200"

    clock.advance(days=30)
    await passes(database, trying)
    assert (await door.attempt(trying)).status_code == 401


async def test_the_operator_suspends_and_only_owners_learn_why(
    door: Door, boss: Visitor, organisation: Organisation
) -> None:
    await organisation.employs("emil", "admin")
    owner, admin = await door.as_(organisation), await door.as_(organisation, "emil")

    assert await moved(boss, organisation, "suspended", "abuse") == "200"

    assert await owner.told("GET", "/users") == "403 TENANT_SUSPENDED"
    why = (await owner.ask("GET", "/tenant/standing")).json()["data"]
    assert (why["state"], why["reason"]) == ("suspended", "abuse")
    assert await admin.told("GET", "/tenant/standing") == "403 TENANT_SUSPENDED"
    assert (await door.attempt(organisation, "emil")).json()["error"]["code"] == "TENANT_SUSPENDED"
    assert (await door.attempt(organisation)).status_code == 200

    assert await moved(boss, organisation, "active", "reopened") == "200"
    assert await admin.told("GET", "/users") == "200"
    history = (await owner.ask("GET", "/tenant/moves")).json()["data"]
    assert [(one["start"], one["end"]) for one in history] == [
        ("suspended", "active"),
        ("active", "suspended"),
    ]


async def test_an_owner_closes_the_tenant_and_the_operator_opens_it_again(
    door: Door, boss: Visitor, organisation: Organisation
) -> None:
    await organisation.employs("emil", "admin")
    owner, slug = await door.as_(organisation), organisation.profile.slug
    close = {"confirmation": f"close {slug}"}

    wrong = await owner.told("POST", "/tenant/close", {"confirmation": "yes"})
    by_admin = await (await door.as_(organisation, "emil")).told("POST", "/tenant/close", close)
    assert wrong == "422 CONFIRMATION_MISMATCH"
    assert by_admin == "403 PERMISSION_DENIED"
    assert await owner.told("POST", "/tenant/close", close) == "200"

    assert await owner.told("GET", "/tenant/standing") == "401 SESSION_ENDED"
    assert (await door.attempt(organisation)).status_code == 401
    assert await moved(boss, organisation, "active", "reopened") == "200"
    assert (await door.attempt(organisation)).status_code == 200


async def test_jobs_of_a_closed_tenant_wait(
    boss: Visitor, organisation: Organisation, database: Database
) -> None:
    ran: list[JobContext] = []

    async def run(context: JobContext) -> None:
        ran.append(context)

    worker = create_worker([Module("sample", jobs=(Job("sample.count", run),))], database)
    tenant_id = organisation.profile.id
    async with database.transaction(tenant_id) as session:
        await enqueue(session, "sample.count")
    await moved(boss, organisation, "closed", "requested")

    await worker.drain(tenant_id)
    assert ran == []
    await moved(boss, organisation, "active", "reopened")
    await worker.drain(tenant_id)
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("trial", "trial_extended", "409 ILLEGAL_TENANT_MOVE"),
        ("past_due", "abuse", "422 UNFIT_MOVE_REASON"),
        ("active", "paid", "200"),
        ("gone", "paid", "422 VALIDATION_FAILED"),
    ],
)
async def test_only_legal_moves_are_made(
    boss: Visitor, organisation: Organisation, state: str, reason: str, expected: str
) -> None:
    assert await moved(boss, organisation, state, reason) == expected


async def test_the_operator_extends_a_trial_that_has_ended(
    door: Door, operator: Organisation, trying: Organisation, clock: FrozenClock
) -> None:
    clock.advance(days=15)
    await passes(trying.database, trying)
    boss = await door.as_(operator)

    end = {"ends_on": "2026-12-24", "note": "Over the holidays."}
    answer = await boss.ask("PUT", f"/tenants/{trying.profile.id}/trial", end)

    standing = answer.json()["data"]
    assert (standing["state"], standing["trial_ends_on"]) == ("trial", "2026-12-24")
    assert standing["days_left"] == 19


async def test_the_operator_sees_all_tenants_and_stays_as_it_is(
    boss: Visitor, operator: Organisation, organisation: Organisation
) -> None:
    slug = organisation.profile.slug

    listed = await boss.ask("GET", f"/tenants?slug={slug}&state=active")

    assert [one["slug"] for one in listed.json()["data"]] == [slug]
    assert await moved(boss, operator, "closed", "requested") == "409 OPERATOR_STAYS"
    assert await moved(boss, operator, "read_only", "operator_decision") == "409 OPERATOR_STAYS"


async def test_an_owner_of_another_tenant_is_no_operator(
    door: Door, organisation: Organisation, trying: Organisation
) -> None:
    owner, other = await door.as_(organisation), trying.profile.id
    attempts = [
        ("GET", "/tenants", None),
        ("GET", f"/tenants/{other}/standing", None),
        ("GET", f"/tenants/{other}/moves", None),
        ("POST", f"/tenants/{other}/move", {"state": "closed", "reason": "requested"}),
        ("POST", f"/tenants/{organisation.profile.id}/move", {"state": "active", "reason": "paid"}),
        ("PUT", f"/tenants/{other}/trial", {"ends_on": "2030-01-01"}),
        ("GET", f"/tenants/{other}/entitlements", None),
        ("PUT", f"/tenants/{other}/entitlements/overrides/users", {"value": 9, "reason": "x"}),
        ("DELETE", f"/tenants/{other}/entitlements/overrides/users", None),
    ]

    said = {await owner.told(method, path, body) for method, path, body in attempts}

    assert said == {"403 OPERATOR_ONLY"}


async def test_the_operator_agrees_more_than_the_plan_and_the_tenant_sees_it(
    door: Door, boss: Visitor, trying: Organisation
) -> None:
    address = f"/tenants/{trying.profile.id}/entitlements/overrides/users"
    owner = await door.as_(trying)

    async def users() -> dict[str, object]:
        limits = (await owner.ask("GET", "/entitlements")).json()["data"]["limits"]
        found: dict[str, object] = next(one for one in limits if one["name"] == "users")
        return found

    assert await users() == {"name": "users", "limit": 25, "used": 1}
    await boss.ask("PUT", address, {"value": 1, "reason": "A small pilot."})
    assert await users() == {"name": "users", "limit": 1, "used": 1}
    refused = await owner.ask("POST", "/users", NEW_USER)
    assert refused.json()["error"]["code"] == "LIMIT_REACHED"
    assert refused.json()["error"]["details"]["limit"] == 1
    assert await boss.told("DELETE", address) == "200"
    assert await boss.told("DELETE", address) == "404 OVERRIDE_NOT_FOUND"
    assert await owner.told("POST", "/users", NEW_USER) == "201"


async def test_a_move_is_in_the_audit_log_of_the_tenant(
    boss: Visitor, operator: Organisation, organisation: Organisation, database: Database
) -> None:
    await moved(boss, organisation, "suspended", "legal")

    async with database.transaction(organisation.profile.id) as session:
        row = (
            await session.execute(
                text("SELECT actor, after FROM core.audit_log WHERE action = :action"),
                {"action": "identity.tenant_move"},
            )
        ).one()
    assert row.actor == str((await operator.owner()).id)
    assert row.after == {"state": "suspended", "reason": "legal", "note": ""}


async def test_an_unknown_tenant_is_not_found(boss: Visitor, organisation: Organisation) -> None:
    nobody = replace(organisation.profile, id=organisation.profile.id.__class__(int=5))

    ghost = replace(organisation, profile=nobody)

    assert await moved(boss, ghost, "suspended", "abuse") == "404 CLIENT_TENANT_NOT_FOUND"
