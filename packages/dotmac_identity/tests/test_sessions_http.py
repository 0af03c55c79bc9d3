from __future__ import annotations

from typing import Any

import httpx
import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity.sessions.devices import device_label, is_new_device
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import REFUSED, Post, bearer, code

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


async def signed_in(
    client: httpx.AsyncClient, organisation: Organisation, user_agent: str, name: str = "owner"
) -> dict[str, str]:
    body = {
        "email": f"{name}@example.com",
        "password": PASSWORD,
        "tenant": organisation.profile.slug,
    }
    answer = await client.post("/auth/sign-in", json=body, headers={"User-Agent": user_agent})
    return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


async def sessions(client: httpx.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await client.get("/me/sessions", headers=headers)
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_one_sees_where_one_is_signed_in(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    await signed_in(client, organisation, FIREFOX)
    clock.advance(minutes=5)
    phone = await signed_in(client, organisation, IPHONE)

    found = await sessions(client, phone)

    assert [(one["device"], one["is_current"]) for one in found] == [
        ("Safari on iPhone", True),
        ("Firefox on Windows", False),
    ]
    assert {one["address"] for one in found} == {"127.0.0.1"}
    assert found[1]["last_seen_at"] == "2026-11-20T12:00:00Z"


async def test_a_session_in_use_is_seen_to_the_minute(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    headers = await signed_in(client, organisation, FIREFOX)
    clock.advance(minutes=3)
    await client.get("/me", headers=headers)

    [one] = await sessions(client, headers)

    assert one["last_seen_at"] == "2026-11-20T12:03:00Z"


async def test_one_names_a_device_and_ends_its_session_at_once(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    lost = await signed_in(client, organisation, IPHONE)
    here = await signed_in(client, organisation, FIREFOX)
    phone = next(one for one in await sessions(client, here) if not one["is_current"])

    named = await client.patch(
        f"/me/sessions/{phone['id']}", headers=here, json={"device_name": "My old phone"}
    )
    ended = await client.post(f"/me/sessions/{phone['id']}/end", headers=here)

    assert named.json()["data"]["device_name"] == "My old phone"
    assert ended.json()["data"] == {"ended": 1}
    assert code(await client.get("/me", headers=lost)) == "401 SESSION_ENDED"
    assert len(await sessions(client, here)) == 1
    again = await client.post(f"/me/sessions/{phone['id']}/end", headers=here)
    assert code(again) == "404 SESSION_NOT_FOUND"


async def test_one_signs_out_everywhere_else(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    others = [await signed_in(client, organisation, IPHONE) for _ in range(2)]
    here = await signed_in(client, organisation, FIREFOX)

    ended = await client.post("/me/sessions/end-others", headers=here)

    assert ended.json()["data"] == {"ended": 2}
    for other in others:
        assert code(await client.get("/me", headers=other)) == "401 SESSION_ENDED"
    assert (await client.get("/me", headers=here)).status_code == 200


async def test_nobody_reaches_the_sessions_of_others(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    await organisation.employs("emil", "viewer")
    [mine] = await sessions(client, await signed_in(client, organisation, FIREFOX))
    strangers = [
        await signed_in(client, organisation, FIREFOX, "emil"),
        await signed_in(client, other, FIREFOX),
    ]

    for stranger in strangers:
        path = f"/me/sessions/{mine['id']}"
        named = await client.patch(path, headers=stranger, json={"device_name": "Mine"})
        ended = await client.post(f"{path}/end", headers=stranger)
        assert {code(named), code(ended)} == {"404 SESSION_NOT_FOUND"}


async def test_an_administrator_sees_and_ends_the_sessions_of_a_user(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    emil = await organisation.employs("emil", "viewer")
    owner = await bearer(client, organisation)
    lost, left = [await signed_in(client, organisation, name, "emil") for name in (FIREFOX, IPHONE)]
    path = f"/users/{emil.id}/sessions"

    listed = (await client.get(path, headers=owner)).json()["data"]
    windows = next(one for one in listed if one["device"] == "Firefox on Windows")
    await client.post(f"{path}/{windows['id']}/end", headers=owner)
    first = code(await client.get("/me", headers=lost))
    rest = await client.post(f"{path}/end-all", headers=owner)

    assert first == "401 SESSION_ENDED"
    assert rest.json()["data"] == {"ended": 1}
    assert code(await client.get("/me", headers=left)) == "401 SESSION_ENDED"


async def test_who_may_not_change_users_does_not_end_their_sessions(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    boss = await organisation.owner()
    await organisation.employs("emil", "viewer")
    await organisation.employs("adam", "admin")
    viewer = await bearer(client, organisation, "emil")
    admin = await bearer(client, organisation, "adam")
    path = f"/users/{boss.id}/sessions/end-all"

    assert code(await client.post(path, headers=viewer)) == "403 PERMISSION_DENIED"
    assert code(await client.post(path, headers=admin)) == "403 GRANT_TOO_WIDE"


async def test_a_device_never_seen_before_is_told_to_its_owner(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    arrived = []
    for user_agent in (FIREFOX, FIREFOX.replace("140", "141"), IPHONE, IPHONE):
        await signed_in(client, organisation, user_agent)
        arrived.append([mail.text for mail in await post.mails()])

    assert [len(mails) for mails in arrived] == [0, 0, 1, 0]
    assert "Safari on iPhone from 127.0.0.1, 2026-11-20 12:00 UTC" in arrived[2][0]


async def test_guesses_at_many_accounts_lock_the_address_they_come_from(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    slug = organisation.profile.slug
    for number in range(31):
        body = {**REFUSED, "email": f"user{number}@example.com", "tenant": slug}
        answer = await client.post("/auth/sign-in", json=body)
        assert code(answer) == "401 INVALID_CREDENTIALS", number
    right = {"email": "owner@example.com", "password": PASSWORD, "tenant": slug}

    locked = await client.post("/auth/sign-in", json=right)
    clock.advance(minutes=1)
    free = await client.post("/auth/sign-in", json=right)

    assert code(locked) == "429 TOO_MANY_ATTEMPTS"
    assert locked.headers["retry-after"] == "60"
    assert free.status_code == 200


async def test_signing_in_oneself_buys_no_guesses_at_others(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    slug = organisation.profile.slug
    right = {"email": "owner@example.com", "password": PASSWORD, "tenant": slug}
    for number in range(31):
        body = {**REFUSED, "email": f"user{number}@example.com", "tenant": slug}
        await client.post("/auth/sign-in", json=body)
        if number < 30:
            assert (await client.post("/auth/sign-in", json=right)).status_code == 200

    assert code(await client.post("/auth/sign-in", json=right)) == "429 TOO_MANY_ATTEMPTS"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (CHROME, "Chrome on macOS"),
        (CHROME + " Edg/140.0", "Edge on macOS"),
        ("curl/8.1.2", "curl"),
        ("", "Unknown device"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_device_is_called_as_people_call_it(user_agent: str, label: str) -> None:
    assert device_label(user_agent) == label


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.9", False),
        ("192.0.99.1", False),
        ("198.51.100.1", True),
        ("2001:db8::1", True),
        ("", True),
    ],
)
def test_a_place_is_known_by_its_provider(address: str, expected: bool) -> None:
    assert is_new_device(FIREFOX, address, [(FIREFOX, "192.0.2.1")]) is expected
