"""What an organisation says about passwords, sessions and remembered devices holds."""

from __future__ import annotations

import httpx

from dotmac_core_ops.clock import FrozenClock
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import bearer, code
from packages.dotmac_identity.tests.phones import Phone, authorized

SEVENTEEN = "vixen drums quoth"


async def sets(
    client: httpx.AsyncClient, headers: dict[str, str], **values: object
) -> httpx.Response:
    body = {"values": {key.replace("__", "."): value for key, value in values.items()}}
    return await client.patch("/tenant/settings", headers={**headers, "If-Match": "*"}, json=body)


async def test_new_passwords_are_as_long_as_the_organisation_asks_for(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    emil = {"email": "emil@example.com", "name": "Emil", "password": SEVENTEEN, "roles": ["viewer"]}

    weaker = await sets(client, owner, passwords__shortest=9)
    await sets(client, owner, passwords__shortest=18)
    short = await client.post("/users", headers=owner, json=emil)
    await sets(client, owner, passwords__shortest=None)
    allowed = await client.post("/users", headers=owner, json=emil)

    assert code(weaker) == "422 INVALID_TENANT_SETTING"
    assert code(short) == "422 WEAK_PASSWORD"
    assert short.json()["error"]["details"]["reason"] == "too_short"
    assert allowed.status_code == 201, allowed.text


async def test_a_session_ends_after_as_many_idle_days_as_the_organisation_says(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    await sets(client, await bearer(client, organisation), sessions__idle_days=2)
    person = {"email": "owner@example.com", "password": PASSWORD}
    body = {**person, "tenant": organisation.profile.slug}
    tokens = (await client.post("/auth/sign-in", json=body)).json()["data"]

    clock.advance(days=1, hours=23)
    used = await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    clock.advance(days=2)
    last = {"refresh_token": used.json()["data"]["refresh_token"]}
    idle = await client.post("/auth/refresh", json=last)

    assert used.status_code == 200
    assert code(idle) == "401 INVALID_REFRESH_TOKEN"


async def test_devices_are_remembered_for_as_long_as_the_organisation_says(
    phone: Phone, client: httpx.AsyncClient
) -> None:
    tokens = await phone.signs_in(remember_device=True)
    device, owner = tokens["device_token"], authorized(tokens)
    phone.clock.advance(days=3)
    owner = authorized(await phone.signs_in())

    before = await phone.password(device_token=device)
    await sets(client, owner, second_factors__remembered_days=3)
    after = await phone.password(device_token=device)
    await sets(client, owner, second_factors__remembered_days=0)
    none = await phone.signs_in(remember_device=True)

    assert before.status_code == 200
    assert code(after) == "403 SECOND_FACTOR_REQUIRED"
    assert none["device_token"] is None


async def test_who_may_not_change_the_organisation_sets_nothing(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    await organisation.employs("vera", "viewer")

    refused = await sets(
        client, await bearer(client, organisation, "vera"), sessions__idle_days=300
    )

    assert code(refused) == "403 PERMISSION_DENIED"
