from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import Post, bearer, code

VERA = {"email": "Vera@Example.com", "name": "Vera", "roles": ["viewer"]}


async def invited(
    client: httpx.AsyncClient, headers: dict[str, str], **values: object
) -> dict[str, Any]:
    answer = await client.post("/users/invitations", headers=headers, json={**VERA, **values})
    assert answer.status_code == 201, answer.text
    invitation: dict[str, Any] = answer.json()["data"]
    return invitation


async def accept(client: httpx.AsyncClient, token: str, **values: object) -> httpx.Response:
    body = {"token": token, "password": PASSWORD, **values}
    return await client.post("/auth/invitations/accept", json=body)


async def states(client: httpx.AsyncClient, headers: dict[str, str], **query: str) -> list[str]:
    listed = await client.get("/users/invitations", headers=headers, params=query)
    return [one["state"] for one in listed.json()["data"]]


async def test_whoever_is_invited_joins_with_a_password_of_their_own(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    owner = await bearer(client, organisation)
    made = await invited(client, owner)

    joined = await accept(client, await post.token(), name="Vera Vik")

    tokens = joined.json()["data"]
    as_vera = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = (await client.get("/me", headers=as_vera)).json()["data"]
    assert (me["email"], me["name"], me["roles"]) == ("vera@example.com", "Vera Vik", ["viewer"])
    assert await bearer(client, organisation, "vera")
    assert made["state"] == "pending"
    assert await states(client, owner) == ["accepted"]
    assert await states(client, owner, state="pending") == []


async def test_a_link_leads_where_the_settings_say_whatever_the_request_says(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    headers = await bearer(client, organisation)
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "null"}

    answer = await client.post("/users/invitations", headers={**headers, **forged}, json=VERA)
    [mail] = await post.mails()

    assert answer.status_code == 201
    assert [link.partition("#")[0] for link in mail.links] == [
        "https://my.example/accept-invitation"
    ]
    assert "evil" not in mail.text + mail.html
    assert mail.subject == "Olga Owner invites you to North Net"


async def test_the_token_is_in_the_mail_and_nowhere_else(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    headers = await bearer(client, organisation)
    answer = await client.post("/users/invitations", headers=headers, json=VERA)

    token = await post.token()

    assert token not in answer.text
    async with organisation.database.transaction(organisation.profile.id) as session:
        for table in (
            *("identity.invitations", "core.audit_log", "events.messages"),
            *("events.outbox", "events.jobs"),
        ):
            rows = await session.scalar(sa.text(f"SELECT string_agg(t::text, '') FROM {table} t"))
            assert token not in (rows or ""), table


async def test_a_link_is_good_once(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    await invited(client, await bearer(client, organisation))
    token = await post.token()

    answers = await asyncio.gather(*(accept(client, token) for _ in range(2)))
    later = await accept(client, token)

    assert sorted(answer.status_code for answer in answers) == [200, 401]
    assert code(later) == "401 INVALID_INVITATION"


async def test_a_link_expires_after_seven_days_and_can_be_sent_again(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, clock: FrozenClock
) -> None:
    made = await invited(client, await bearer(client, organisation))
    first = await post.token()

    clock.advance(days=7)
    late = await accept(client, first)
    owner = await bearer(client, organisation)
    expired = await states(client, owner, state="expired")
    resent = await client.post(f"/users/invitations/{made['id']}/resend", headers=owner)
    second = await post.token()

    assert code(late) == "401 INVALID_INVITATION"
    assert (expired, resent.json()["data"]["state"]) == (["expired"], "pending")
    assert code(await accept(client, first)) == "401 INVALID_INVITATION"
    assert (await accept(client, second)).status_code == 200


async def test_what_was_taken_back_opens_nothing(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    owner = await bearer(client, organisation)
    made = await invited(client, owner)
    token = await post.token()

    await client.post(f"/users/invitations/{made['id']}/revoke", headers=owner)

    assert code(await accept(client, token)) == "401 INVALID_INVITATION"
    again = await client.post(f"/users/invitations/{made['id']}/resend", headers=owner)
    assert code(again) == "409 INVITATION_CLOSED"
    assert (await invited(client, owner))["state"] == "pending"


async def test_an_address_is_invited_once_and_not_if_it_is_here(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    await invited(client, owner)

    twice = await client.post("/users/invitations", headers=owner, json=VERA)
    present = await client.post(
        "/users/invitations", headers=owner, json={**VERA, "email": "owner@example.com"}
    )

    assert (code(twice), code(present)) == ("409 ALREADY_INVITED", "409 EMAIL_TAKEN")


async def test_nobody_invites_to_more_than_they_hold(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    for name in ("admin", "viewer"):
        await organisation.employs(name, name)
    admin = await bearer(client, organisation, "admin")
    viewer = await bearer(client, organisation, "viewer")
    made = await invited(client, owner, roles=["owner"])

    wide = await client.post(
        "/users/invitations",
        headers=admin,
        json={**VERA, "email": "x@y.example", "roles": ["owner"]},
    )
    resent = await client.post(f"/users/invitations/{made['id']}/resend", headers=admin)
    unable = await client.post("/users/invitations", headers=viewer, json=VERA)

    assert (code(wide), code(resent)) == ("403 GRANT_TOO_WIDE", "403 GRANT_TOO_WIDE")
    assert code(unable) == "403 PERMISSION_DENIED"
    assert await states(client, viewer) == ["pending"]


async def test_a_weak_password_leaves_the_link_good(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    await invited(client, await bearer(client, organisation))
    token = await post.token()

    weak = await accept(client, token, password="vera-example-1")

    assert code(weak) == "422 WEAK_PASSWORD"
    assert weak.json()["error"]["details"] == {"reason": "own_words"}
    assert (await accept(client, token)).status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        {"roles": ["owner"]},
        {"kind": "staff"},
        {"tenant_id": "00000000-0000-7000-8000-000000000000"},
        {"customer_id": "00000000-0000-7000-8000-000000000000"},
        {"email": "other@example.com"},
    ],
)
async def test_whoever_accepts_cannot_choose_what_they_become(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, more: dict[str, object]
) -> None:
    await invited(client, await bearer(client, organisation))

    answer = await accept(client, await post.token(), **more)

    assert code(answer) == "422 VALIDATION_FAILED"


@pytest.mark.parametrize("token", ["", "nonsense", "dmp_" + "0" * 32 + "_" + "A" * 43])
async def test_a_made_up_token_opens_nothing(
    client: httpx.AsyncClient, organisation: Organisation, token: str
) -> None:
    own = token or f"dmi_{organisation.profile.id.hex}_{'A' * 43}"

    assert code(await accept(client, own)) == "401 INVALID_INVITATION"


async def test_another_tenants_invitations_are_out_of_reach(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    made = await invited(client, await bearer(client, organisation))
    stranger = await bearer(client, other)

    assert await states(client, stranger) == []
    for verb in ("resend", "revoke"):
        answer = await client.post(f"/users/invitations/{made['id']}/{verb}", headers=stranger)
        assert code(answer) == "404 INVITATION_NOT_FOUND"
