"""Every way in asks where the tenant stands, and people can look after their own credentials."""

from __future__ import annotations

import httpx

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import set_tenant_state
from dotmac_identity import PortalAccess, UserService
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import Post, code
from packages.dotmac_identity.tests.operators import Door

ANOTHER = "an entirely different sentence"
VERA = {"email": "vera@example.com", "name": "Vera", "roles": ["viewer"]}


async def put(organisation: Organisation, state: TenantState) -> None:
    """Bring the tenant into a state, whatever it was in."""
    async with organisation.database.transaction(organisation.profile.id) as session:
        await set_tenant_state(session, state)


def outcome(answer: httpx.Response) -> str:
    return code(answer) if answer.is_error else str(answer.status_code)


async def refresh(door: Door, signed_in: httpx.Response) -> str:
    token = signed_in.json()["data"]["refresh_token"]
    return outcome(await door.http.post("/auth/refresh", json={"refresh_token": token}))


async def accept(door: Door, token: str) -> str:
    body = {"token": token, "password": PASSWORD}
    return outcome(await door.http.post("/auth/invitations/accept", json=body))


async def forgets(door: Door, organisation: Organisation, post: Post, name: str) -> str:
    """The token that somebody who forgot their password is sent."""
    body = {"email": f"{name}@example.com", "tenant": organisation.profile.slug}
    await door.http.post("/auth/password/forgotten", json=body)
    return await post.token()


async def reset(door: Door, token: str) -> str:
    body = {"token": token, "password": ANOTHER}
    return outcome(await door.http.post("/auth/password/reset", json=body))


async def test_only_owners_of_a_suspended_tenant_refresh_and_nobody_loses_a_session(
    door: Door, organisation: Organisation
) -> None:
    await organisation.employs("emil", "admin")
    owner, emil = await door.attempt(organisation), await door.attempt(organisation, "emil")

    await put(organisation, TenantState.SUSPENDED)
    assert await refresh(door, emil) == "403 TENANT_SUSPENDED"
    assert await refresh(door, owner) == "200"

    await put(organisation, TenantState.ACTIVE)
    assert await refresh(door, emil) == "200"


async def test_an_invitation_to_a_suspended_tenant_waits(
    door: Door, organisation: Organisation, post: Post
) -> None:
    owner = await door.as_(organisation)
    assert await owner.told("POST", "/users/invitations", VERA) == "201"
    token = await post.token()

    await put(organisation, TenantState.SUSPENDED)
    assert await accept(door, token) == "403 TENANT_SUSPENDED"

    await put(organisation, TenantState.ACTIVE)
    assert await accept(door, token) == "200"


async def test_in_a_suspended_tenant_owners_replace_a_forgotten_password(
    door: Door, organisation: Organisation, post: Post
) -> None:
    await organisation.employs("emil", "admin")
    emil = await forgets(door, organisation, post, "emil")
    owner = await forgets(door, organisation, post, "owner")

    await put(organisation, TenantState.SUSPENDED)

    assert await reset(door, emil) == "403 TENANT_SUSPENDED"
    assert await reset(door, owner) == "200"


async def test_the_portal_of_a_suspended_tenant_is_shut(
    door: Door, organisation: Organisation, database: Database
) -> None:
    async with database.transaction(organisation.profile.id) as session:
        await UserService.within(session, organisation.passwords).create(
            email="kim@example.com",
            name="Kim",
            password=PASSWORD,
            roles=[],
            portal=PortalAccess(new_id(), ()),
        )
    body = {
        "email": "kim@example.com",
        "password": PASSWORD,
        "tenant": organisation.profile.slug,
    }
    before = await door.http.post("/portal/auth/sign-in", json=body)

    await put(organisation, TenantState.SUSPENDED)

    token = before.json()["data"]["refresh_token"]
    again = await door.http.post("/portal/auth/refresh", json={"refresh_token": token})
    assert code(again) == "403 TENANT_SUSPENDED"
    assert code(await door.http.post("/portal/auth/sign-in", json=body)) == "403 TENANT_SUSPENDED"


async def test_people_look_after_their_own_credentials_in_a_read_only_tenant(
    door: Door, organisation: Organisation
) -> None:
    await organisation.employs("emil", "viewer")
    await put(organisation, TenantState.READ_ONLY)
    emil = await door.as_(organisation, "emil")
    change = {"current_password": PASSWORD, "new_password": ANOTHER}

    assert await emil.told("GET", "/me") == "200"
    assert await emil.told("POST", "/auth/password", change) == "200"
    assert await emil.told("POST", "/me/sessions/end-others") == "200"
    begun = await emil.told("POST", "/me/second-factors/totp", {"password": ANOTHER})
    assert begun == "200"
    assert await emil.told("PATCH", "/me", {"name": "E"}) == "403 TENANT_READ_ONLY"
