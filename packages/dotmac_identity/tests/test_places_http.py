"""A plan's users are those who may sign in and those who are invited."""

from __future__ import annotations

import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_identity import EntitlementService, limits_of, module, reconcile
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import Post
from packages.dotmac_identity.tests.operators import Door, Visitor


def invitation(name: str) -> dict[str, object]:
    return {"email": f"{name}@example.com", "name": name, "roles": ["viewer"]}


@pytest.fixture
async def owner(door: Door, organisation: Organisation) -> Visitor:
    """The owner of a tenant whose plan allows one more person."""
    async with organisation.database.transaction(organisation.profile.id) as session:
        await EntitlementService.within(session).grant("STARTER", {"tier": "starter", "users": 2})
    return await door.as_(organisation)


async def test_an_invitation_keeps_a_place_until_it_is_taken_back(owner: Visitor) -> None:
    kept = (await owner.ask("POST", "/users/invitations", invitation("vera"))).json()["data"]
    made = {**invitation("emil"), "password": PASSWORD}

    assert await owner.told("POST", "/users/invitations", invitation("emil")) == (
        "403 LIMIT_REACHED"
    )
    assert await owner.told("POST", "/users", made) == "403 LIMIT_REACHED"
    assert await owner.told("POST", f"/users/invitations/{kept['id']}/revoke") == "200"
    assert await owner.told("POST", "/users", made) == "201"


async def test_whoever_was_invited_joins_in_the_place_that_was_kept(
    owner: Visitor, post: Post
) -> None:
    await owner.ask("POST", "/users/invitations", invitation("vera"))

    joined = await owner.http.post(
        "/auth/invitations/accept", json={"token": await post.token(), "password": PASSWORD}
    )

    assert joined.status_code == 200, joined.text
    assert await owner.told("POST", "/users/invitations", invitation("emil")) == (
        "403 LIMIT_REACHED"
    )


async def test_an_expired_invitation_keeps_no_place_after_the_nightly_count(
    owner: Visitor, organisation: Organisation, clock: FrozenClock, door: Door
) -> None:
    kept = (await owner.ask("POST", "/users/invitations", invitation("vera"))).json()["data"]
    clock.advance(days=7)
    async with organisation.database.transaction(organisation.profile.id) as session:
        counted = await reconcile(session, limits_of([module]))
    owner = await door.as_(organisation)

    assert counted == {"users": (2, 1)}
    assert await owner.told("POST", "/users/invitations", invitation("emil")) == "201"
    again = await owner.told("POST", f"/users/invitations/{kept['id']}/resend")
    assert again == "403 LIMIT_REACHED"
