"""The operator acts as a tenant's user: in the open, for a while, and within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

import dotmac_core_events
from dotmac_api_gateway import create_app
from dotmac_core_ops import core_module
from dotmac_core_ops.audit import seal, verify
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_identity import Authenticator, Passwords, module
from dotmac_identity.testing import PASSWORD, Organisation

from .test_own_roles_http import bearer, code

REASON = "Ticket 812: the invoice is not shown"


@dataclass
class House:
    """The operator and a tenant on one installation."""

    client: httpx.AsyncClient
    operator: Organisation
    tenant: Organisation

    async def starts(self, name: str = "owner", **body: object) -> httpx.Response:
        """Somebody of the operator starts to act as a user of the tenant."""
        asked = {
            "tenant": self.tenant.profile.slug,
            "email": "vera@example.com",
            "reason": REASON,
            **body,
        }
        headers = await bearer(self.client, self.operator, name)
        return await self.client.post("/impersonations", headers=headers, json=asked)

    async def acting(self, **body: Any) -> dict[str, str]:  # noqa: ANN401 (what JSON holds)
        """Headers of somebody of the operator who acts as a user of the tenant."""
        answer = await self.starts(**body)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}

    async def owner(self) -> dict[str, str]:
        """Headers of the tenant's owner."""
        return await bearer(self.client, self.tenant)


@pytest.fixture
async def house(
    database: Database, settings: Settings, passwords: Passwords, operator: Organisation
) -> AsyncIterator[House]:
    tenant = await Organisation.founded(database, passwords)
    await tenant.employs("vera", "viewer")
    modules = [core_module.module, dotmac_core_events.module, module]
    permissions = [permission for one in modules for permission in one.permissions]
    authenticator = Authenticator(database, settings, permissions, passwords)
    app = create_app(modules, database=database, settings=settings, authenticate=authenticator)
    authenticator.install(app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
    ) as opened:
        yield House(opened, operator, tenant)


async def test_the_operator_acts_as_a_user_and_the_tenant_sees_it(house: House) -> None:
    acting = await house.acting()

    me = (await house.client.get("/auth/me", headers=acting)).json()["data"]
    listed = await house.client.get("/impersonations", headers=await house.owner())

    [shown] = listed.json()["data"]
    assert me["name"] == "Vera"
    assert (shown["user_email"], shown["operator_name"]) == ("vera@example.com", "Olga Owner")
    assert (shown["reason"], shown["ended_at"]) == (REASON, None)
    async with house.tenant.database.transaction(house.tenant.profile.id) as session:
        facts = await session.scalars(
            sa.text("SELECT name FROM events.outbox WHERE name LIKE 'identity.impersonation%'")
        )
        told = await session.execute(sa.text("SELECT recipient, text FROM events.messages"))
        assert facts.all() == ["identity.impersonation_started"]
        [(recipient, text)] = told.all()
    assert recipient == "owner@example.com"
    assert REASON in text


async def test_every_audit_row_says_who_it_was_and_the_seals_hold_it(house: House) -> None:
    acting = await house.acting(email="owner@example.com")
    await house.client.patch(
        "/tenant", headers={**acting, "If-Match": "*"}, json={"name": "South Net"}
    )

    owner = await house.owner()
    query = {"is_impersonated": True}
    rows = (await house.client.get("/audit", headers=owner, params=query)).json()["data"]

    operator_id = str((await house.operator.owner()).id)
    assert [(row["action"], row["impersonated_by"]) for row in rows] == [
        ("identity.tenant_change", operator_id)
    ]
    assert rows[0]["actor"] == str((await house.tenant.owner()).id)
    tenant_id = house.tenant.profile.id
    async with asyncio.timeout(20):
        sealed = 0
        while not sealed:
            async with house.tenant.database.transaction(tenant_id) as session:
                sealed = await seal(session)
    async with house.tenant.database.transaction(tenant_id) as session:
        assert await verify(session) == []


async def test_what_is_the_users_own_stays_out_of_reach(house: House) -> None:
    acting = await house.acting(email="owner@example.com")
    user = await house.tenant.owner()
    post, put = house.client.post, house.client.put
    key = {"name": "x", "scopes": ["users:read"]}
    new_password = "an entirely different sentence"
    person = {"email": "e@example.com", "name": "E", "password": PASSWORD, "roles": ["owner"]}

    answers = {
        "password": await post(
            "/auth/password",
            headers=acting,
            json={"current_password": PASSWORD, "new_password": new_password},
        ),
        "password by hand": await put(
            f"/users/{user.id}/password", headers=acting, json={"password": new_password}
        ),
        "key": await post("/api-keys", headers=acting, json=key),
        "user": await post("/users", headers=acting, json=person),
        "role": await post("/roles", headers=acting, json={"name": "mine", "permissions": []}),
        "service account": await post(
            "/service-accounts", headers=acting, json={"name": "x", "roles": []}
        ),
        "limit": await put("/approvals/limits/refund/EUR", headers=acting, json={"amount": 10**9}),
    }

    refused = {name: code(answer) for name, answer in answers.items()}
    assert refused.pop("password") == "403 NOT_WHILE_IMPERSONATING"
    assert set(refused.values()) == {"403 PERMISSION_DENIED"}
    assert (await house.client.get("/users", headers=acting)).status_code == 200


async def test_it_ends_by_itself_after_an_hour_at_most(house: House, clock: FrozenClock) -> None:
    longer = await house.starts(minutes=61)
    # Two, because one that was used is trusted for ten seconds of real time.
    first, second = await house.acting(minutes=60), await house.acting(minutes=60)

    clock.advance(minutes=59)
    before = await house.client.get("/users", headers=first)
    clock.advance(minutes=1)
    after = await house.client.get("/users", headers=second)

    assert code(longer) == "422 VALIDATION_FAILED"
    assert before.status_code == 200
    assert code(after) == "401 ACCESS_TOKEN_EXPIRED"


@pytest.mark.parametrize("way", ["by the tenant", "by the operator", "by signing out"])
async def test_either_side_ends_it_early_and_at_once(house: House, way: str) -> None:
    acting = await house.acting()
    owner = await house.owner()
    listed = (await house.client.get("/impersonations", headers=owner)).json()["data"]
    path = f"/impersonations/{listed[0]['id']}/end"
    ends = {
        "by the tenant": (path, owner),
        "by the operator": ("/impersonations/current/end", acting),
        "by signing out": ("/auth/sign-out", acting),
    }

    url, headers = ends[way]
    ended = await house.client.post(url, headers=headers)

    after = await house.client.get("/users", headers=acting)
    [shown] = (await house.client.get("/impersonations", headers=owner)).json()["data"]
    assert ended.status_code == 200, ended.text
    assert code(after) == "401 SESSION_ENDED"
    assert shown["ended_at"] is not None


async def test_nobody_acts_as_somebody_who_may_more(house: House) -> None:
    headers = await bearer(house.client, house.operator)
    helper = {"name": "helper", "permissions": ["tenants:impersonate", "users:read"]}
    await house.client.post("/roles", headers=headers, json=helper)
    await house.operator.employs("hugo", "helper")

    as_owner = await house.starts("hugo", email="owner@example.com")
    as_viewer = await house.starts("hugo")

    assert code(as_owner) == "403 IMPERSONATED_MAY_MORE"
    assert code(as_viewer) == "403 IMPERSONATED_MAY_MORE"


async def test_only_people_of_the_operator_act_as_others(house: House) -> None:
    owner = await house.owner()
    body = {"tenant": house.operator.profile.slug, "email": "owner@example.com", "reason": REASON}

    by_the_tenant = await house.client.post("/impersonations", headers=owner, json=body)
    headers = await bearer(house.client, house.operator)
    key = await house.client.post(
        "/api-keys", headers=headers, json={"name": "x", "scopes": ["tenants:impersonate"]}
    )
    by_key = await house.client.post(
        "/impersonations",
        headers={"X-API-Key": key.json()["data"]["secret"]},
        json={**body, "tenant": house.tenant.profile.slug},
    )
    colleague = await house.starts(tenant=house.operator.profile.slug, email="owner@example.com")
    silent = await house.starts(reason="")

    assert code(by_the_tenant) == "403 OPERATOR_ONLY"
    assert code(by_key) == "403 OPERATOR_ONLY"
    assert code(colleague) == "403 IMPERSONATION_OF_OPERATOR"
    assert code(silent) == "422 VALIDATION_FAILED"


async def test_there_is_no_chain_of_impersonations(house: House) -> None:
    acting = await house.acting(email="owner@example.com")
    body = {"tenant": house.tenant.profile.slug, "email": "vera@example.com", "reason": REASON}

    chained = await house.client.post("/impersonations", headers=acting, json=body)

    assert code(chained) == "403 PERMISSION_DENIED"  # the right itself is withheld meanwhile


async def test_who_is_not_there_or_inactive_is_not_impersonated(house: House) -> None:
    owner = await house.owner()
    vera: dict[str, Any] = next(
        user
        for user in (await house.client.get("/users", headers=owner)).json()["data"]
        if user["name"] == "Vera"
    )
    await house.client.post(f"/users/{vera['id']}/deactivate", headers=owner)

    assert code(await house.starts()) == "404 IMPERSONATED_USER_NOT_FOUND"
    assert code(await house.starts(tenant="nowhere")) == "404 TENANT_NOT_FOUND"


async def test_somebody_who_must_not_neither_sees_nor_ends_it(house: House) -> None:
    await house.acting()
    await house.tenant.employs("sam", "support")
    sam = await bearer(house.client, house.tenant, "sam")
    oneself = await house.client.post("/impersonations/current/end", headers=sam)
    stranger = await bearer(house.client, house.operator)

    assert code(await house.client.get("/impersonations", headers=sam)) == "403 PERMISSION_DENIED"
    assert code(oneself) == "409 NOT_IMPERSONATING"
    listed = await house.client.get("/impersonations", headers=stranger)
    assert listed.json()["data"] == []
