from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity import Authenticator
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import REFUSED, bearer, code, key_for


async def test_signing_in_refreshing_and_signing_out(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    signed_in = await client.post(
        "/auth/sign-in",
        json={
            "email": "owner@example.com",
            "password": PASSWORD,
            "tenant": organisation.profile.slug,
        },
    )
    first = signed_in.json()["data"]
    refreshed = await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    tokens = refreshed.json()["data"]
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    me = await client.get("/auth/me", headers=headers)
    signed_out = await client.post("/auth/sign-out", headers=headers)

    assert me.json()["data"]["permissions"] == ["*"]
    assert me.json()["data"]["tenant_id"] == str(organisation.profile.id)
    assert signed_out.json()["data"] == {"signed_out": True}
    assert code(await client.get("/auth/me", headers=headers)) == "401 SESSION_ENDED"
    again = await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert code(again) == "401 INVALID_REFRESH_TOKEN"


async def test_a_failure_counts_although_its_request_is_refused(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    slug = organisation.profile.slug
    for _ in range(5):
        answer = await client.post("/auth/sign-in", json={**REFUSED, "tenant": slug})
        assert code(answer) == "401 INVALID_CREDENTIALS"

    right = {"email": "owner@example.com", "password": PASSWORD, "tenant": slug}
    assert code(await client.post("/auth/sign-in", json=right)) == "401 INVALID_CREDENTIALS"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "401 AUTHENTICATION_REQUIRED"),
        ({"Authorization": "Bearer nonsense"}, "401 INVALID_ACCESS_TOKEN"),
        ({"Authorization": "Basic b3duZXI6"}, "401 INVALID_ACCESS_TOKEN"),
        ({"Authorization": "Bearer"}, "401 INVALID_ACCESS_TOKEN"),
        ({"X-API-Key": "dmk_nonsense"}, "401 INVALID_API_KEY"),
        ({"X-API-Key": "dmk_" + "0" * 32 + "_" + "A" * 43}, "401 INVALID_API_KEY"),
    ],
)
async def test_bad_credentials_are_told_apart(
    client: httpx.AsyncClient, headers: dict[str, str], expected: str
) -> None:
    assert code(await client.get("/auth/me", headers=headers)) == expected


async def test_one_changes_the_own_password_and_signs_in_with_it(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    await organisation.employs("emil", "viewer")
    headers, other = [await bearer(client, organisation, "emil") for _ in range(2)]
    new = "another long sentence"

    wrong = await client.post(
        "/auth/password",
        headers=headers,
        json={"current_password": "not it", "new_password": new},
    )
    weak = await client.post(
        "/auth/password",
        headers=headers,
        json={"current_password": PASSWORD, "new_password": "short"},
    )
    good = await client.post(
        "/auth/password",
        headers=headers,
        json={"current_password": PASSWORD, "new_password": new},
    )

    assert code(wrong) == "401 INVALID_CREDENTIALS"
    assert code(weak) == "422 WEAK_PASSWORD"
    assert good.status_code == 200
    assert code(await client.get("/auth/me", headers=other)) == "401 SESSION_ENDED"
    assert (await client.get("/auth/me", headers=headers)).status_code == 200


async def test_an_owner_adds_somebody_who_sees_what_their_role_allows(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)

    made = await client.post(
        "/users",
        headers=owner,
        json={
            "email": "Vera@Example.com",
            "name": "Vera",
            "password": PASSWORD,
            "roles": ["viewer"],
        },
    )
    vera = await bearer(client, organisation, "vera")

    assert made.status_code == 201
    assert "password" not in made.text
    listed = await client.get("/users", headers=vera)
    assert [user["email"] for user in listed.json()["data"]] == [
        "owner@example.com",
        "vera@example.com",
    ]
    denied = await client.post("/users", headers=vera, json={})
    assert code(denied) in {"403 PERMISSION_DENIED", "422 VALIDATION_FAILED"}


async def test_nobody_gives_or_takes_more_than_they_have(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await organisation.owner()
    await organisation.employs("adam", "admin")
    admin = await bearer(client, organisation, "adam")
    new = {"email": "new@example.com", "name": "New", "password": PASSWORD}

    refused = [
        await client.post("/users", headers=admin, json={**new, "roles": ["owner"]}),
        await client.put(
            f"/users/{owner.id}/password", headers=admin, json={"password": "mine now, mine now"}
        ),
        await client.put(f"/users/{owner.id}/roles", headers=admin, json={"roles": ["viewer"]}),
        await client.patch(f"/users/{owner.id}", headers=admin, json={"name": "Nobody"}),
        await client.post(f"/users/{owner.id}/deactivate", headers=admin),
        await client.post("/api-keys", headers=admin, json={"name": "all", "scopes": ["*"]}),
    ]
    allowed = await client.post("/users", headers=admin, json={**new, "roles": ["admin"]})

    assert {code(answer) for answer in refused} == {"403 GRANT_TOO_WIDE"}
    assert allowed.status_code == 201


async def test_a_role_taken_away_and_a_deactivation_are_felt_at_once(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    emil = await organisation.employs("emil", "admin")
    owner = await bearer(client, organisation)
    headers = await bearer(client, organisation, "emil")
    assert (await client.get("/users", headers=headers)).status_code == 200

    path = f"/users/{emil.id}"
    await client.put(f"{path}/roles", headers=owner, json={"roles": ["billing"]})
    demoted = await client.get("/users", headers=headers)
    await client.post(f"{path}/deactivate", headers=owner)
    gone = await client.get("/users", headers=headers)

    assert code(demoted) == "403 PERMISSION_DENIED"
    assert code(gone) == "401 SESSION_ENDED"
    back = await client.post(f"{path}/activate", headers=owner)
    assert back.json()["data"]["is_active"] is True


async def test_roles_and_permissions_are_listed(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)

    roles = (await client.get("/roles", headers=owner)).json()["data"]
    permissions = (await client.get("/permissions", headers=owner)).json()["data"]

    allowed = {role["name"]: role["permissions"] for role in roles}
    assert allowed["owner"] == ["*"]
    assert {"roles:read", "tenant:read", "users:read"} <= set(allowed["viewer"])
    assert all(name.endswith(":read") for name in allowed["viewer"])
    identity = next(group for group in permissions if group["module"] == "identity")
    meaning = {"name": "users:read", "description": "See the users and their roles."}
    assert meaning in identity["permissions"]


async def test_the_tenant_is_read_and_changed_with_its_version(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)

    read = await client.get("/tenant", headers=owner)
    without = await client.patch("/tenant", headers=owner, json={"name": "South"})
    changed = await client.patch(
        "/tenant",
        headers={**owner, "If-Match": read.headers["etag"]},
        json={"name": "South Net", "country": "no"},
    )
    fixed = await client.patch(
        "/tenant", headers={**owner, "If-Match": "*"}, json={"currency": "EUR"}
    )

    assert read.json()["data"]["currency"] == "SEK"
    assert code(without) == "428 PRECONDITION_REQUIRED"
    assert (changed.json()["data"]["name"], changed.json()["data"]["country"]) == (
        "South Net",
        "NO",
    )
    assert changed.headers["etag"] == '"2"'
    assert code(fixed) == "422 VALIDATION_FAILED"


async def test_an_api_key_does_what_its_scopes_say_until_revoked(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    key = await key_for(client, owner)
    as_key = {"X-API-Key": key["secret"]}

    read = await client.get("/users", headers={"Authorization": f"Bearer {key['secret']}"})
    denied = await client.get("/roles", headers=as_key)
    me = await client.get("/auth/me", headers=as_key)
    await client.post(f"/api-keys/{key['id']}/revoke", headers=owner)
    revoked = await client.get("/users", headers=as_key)

    assert read.status_code == 200
    assert code(denied) == "403 PERMISSION_DENIED"
    assert (me.json()["data"]["kind"], me.json()["data"]["name"]) == ("api_key", "Nightly")
    assert code(revoked) == "401 INVALID_API_KEY"


async def test_the_secret_of_a_key_is_shown_once(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    key = await key_for(client, owner)

    listed = await client.get("/api-keys", headers=owner)

    assert key["secret"].startswith(f"dmk_{organisation.profile.id.hex}_")
    assert key["secret"] not in listed.text
    assert listed.json()["data"][0]["hint"] == key["secret"][-4:]


async def test_an_api_key_expires(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    owner = await bearer(client, organisation)
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    key = await key_for(client, owner, expires_at=tomorrow)

    clock.advance(days=1)

    answer = await client.get("/users", headers={"X-API-Key": key["secret"]})
    assert code(answer) == "401 INVALID_API_KEY"


async def test_the_last_use_of_a_key_is_noted_once_a_minute(
    client: httpx.AsyncClient,
    organisation: Organisation,
    authenticator: Authenticator,
    clock: FrozenClock,
) -> None:
    owner = await bearer(client, organisation)
    key = await key_for(client, owner)
    noted = []
    for seconds in (0, 30, 30):
        clock.advance(seconds=seconds)
        authenticator.forget(key["id"])
        await client.get("/users", headers={"X-API-Key": key["secret"]})
        listed = await client.get("/api-keys", headers=owner)
        noted.append(listed.json()["data"][0]["last_used_at"])

    assert noted == ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z", "2026-11-20T12:01:00Z"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"scopes": ["users:fly"]}, "422 UNKNOWN_PERMISSION"),
        ({"scopes": []}, "422 VALIDATION_FAILED"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "422 API_KEY_EXPIRY_IN_PAST"),
        ({"expires_at": "2030-01-01T00:00:00"}, "422 VALIDATION_FAILED"),
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient,
    organisation: Organisation,
    values: dict[str, object],
    expected: str,
) -> None:
    owner = await bearer(client, organisation)

    answer = await client.post(
        "/api-keys", headers=owner, json={"name": "Key", "scopes": ["users:read"], **values}
    )

    assert code(answer) == expected


async def test_another_tenants_users_and_keys_are_out_of_reach(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    owner, stranger = await bearer(client, organisation), await bearer(client, other)
    key = await key_for(client, owner)
    user = (await organisation.owner()).id

    assert code(await client.get(f"/users/{user}", headers=stranger)) == "404 USER_NOT_FOUND"
    assert (
        code(await client.post(f"/api-keys/{key['id']}/revoke", headers=stranger))
        == "404 API_KEY_NOT_FOUND"
    )
    assert (await client.get("/api-keys", headers=stranger)).json()["data"] == []
    assert (await client.get("/users", headers={"X-API-Key": key["secret"]})).status_code == 200
