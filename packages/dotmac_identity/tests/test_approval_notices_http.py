"""Who may decide learns that somebody asks, and who asked learns what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import sqlalchemy as sa

import dotmac_core_events
from dotmac_api_gateway import create_app
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import ApprovableAction, Module, Permission
from dotmac_core_ops.settings import Settings
from dotmac_identity import Authenticator, Passwords, module
from dotmac_identity.roles.service import RoleService
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.front_desk import Post, bearer, code

HANGAR = Module(
    "hangar",
    permissions=(Permission("planes:fly", "Fly the planes."),),
    approvable=(ApprovableAction("fly_far", "planes:fly", "Fly far away."),),
)
DEED = {
    "action": "fly_far",
    "target": {"type": "plane", "id": "D-4711"},
    "amount": 1250,
    "currency": "SEK",
    "reason": "The customer waits in Luleå",
}


@dataclass
class Hangar:
    """An owner, a pilot and a chief who may fly, and others who may not decide."""

    client: httpx.AsyncClient
    organisation: Organisation

    async def asks(self, name: str) -> str:
        answer = await self.client.post("/approvals", headers=await self.of(name), json=DEED)
        assert answer.status_code == 201, answer.text
        approval_id: str = answer.json()["data"]["id"]
        return approval_id

    async def decides(self, name: str, approval_id: str, how: str, note: str) -> httpx.Response:
        path = f"/approvals/{approval_id}/{how}"
        return await self.client.post(path, headers=await self.of(name), json={"note": note})

    async def of(self, name: str) -> dict[str, str]:
        return await bearer(self.client, self.organisation, name)


@pytest.fixture
async def hangar(
    database: Database, settings: Settings, passwords: Passwords, organisation: Organisation
) -> AsyncIterator[Hangar]:
    async with database.transaction(organisation.profile.id) as session:
        roles = RoleService.within(session)
        asks = ("approvals:request", "planes:fly")
        await roles.create("pilot", "", asks)
        await roles.create("chief", "", (*asks, "approvals:decide"))
        await roles.create("clerk", "", ("approvals:decide", "approvals:read"))
    for name, role in (("paul", "pilot"), ("carla", "chief"), ("claus", "clerk")):
        await organisation.employs(name, role)
    modules = [dotmac_core_events.module, module, HANGAR]
    permissions = [permission for one in modules for permission in one.permissions]
    authenticator = Authenticator(database, settings, permissions, passwords)
    app = create_app(modules, database=database, settings=settings, authenticate=authenticator)
    authenticator.install(app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
    ) as opened:
        yield Hangar(opened, organisation)


async def test_those_who_may_decide_are_told_and_never_who_asks(hangar: Hangar, post: Post) -> None:
    approval_id = await hangar.asks("carla")

    mails = await post.mails()

    assert [mail.recipient for mail in mails] == ["owner@example.com"]
    assert mails[0].subject == "Carla asks for your agreement"
    assert "fly far over 1250.00 SEK (plane)" in mails[0].text
    assert "The customer waits in Luleå" in mails[0].text
    assert mails[0].links[0].endswith(f"/approvals/{approval_id}")


async def test_who_asked_is_told_what_was_decided_by_whom(hangar: Hangar, post: Post) -> None:
    approval_id = await hangar.asks("paul")
    asked = {mail.recipient for mail in await post.mails()}

    refused = await hangar.decides("claus", approval_id, "approve", "Fine")
    agreed = await hangar.decides("carla", approval_id, "approve", "Be back by noon")
    [mail] = await post.mails()

    assert asked == {"owner@example.com", "carla@example.com"}
    assert code(refused) == "403 PERMISSION_DENIED"
    assert agreed.status_code == 200
    assert (mail.recipient, mail.subject) == (
        "paul@example.com",
        "Carla agreed to what you asked for",
    )
    assert "Be back by noon" in mail.text


async def test_what_nobody_decides_expires_and_is_told_once(
    hangar: Hangar, post: Post, clock: FrozenClock, database: Database
) -> None:
    approval_id = await hangar.asks("paul")
    await post.mails()

    clock.advance(hours=24)
    [mail] = await post.mails()
    clock.advance(hours=24)

    assert await post.mails() == []
    assert mail.recipient == "paul@example.com"
    assert "was not decided within a day" in mail.text
    async with database.transaction(hangar.organisation.profile.id) as session:
        told = await session.execute(
            sa.text(
                "SELECT name, payload::text AS payload FROM events.outbox "
                "WHERE name LIKE 'approvals.%' ORDER BY id"
            )
        )
        rows = told.all()
    assert [row.name for row in rows] == [
        "approvals.approval_requested",
        "approvals.approval_expired",
    ]
    assert all(approval_id in row.payload and "Luleå" not in row.payload for row in rows)


async def test_what_was_used_or_refused_does_not_expire(
    hangar: Hangar, post: Post, clock: FrozenClock
) -> None:
    approval_id = await hangar.asks("paul")
    await hangar.decides("carla", approval_id, "reject", "Too far")
    [*_, mail] = await post.mails()

    clock.advance(hours=25)

    assert mail.subject == "Carla refused what you asked for"
    assert await post.mails() == []
