"""The refresh token of a browser: in a cookie, for pages of this site alone."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from pydantic import SecretStr

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.settings import Settings
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import Post, bearer, code
from packages.dotmac_identity.tests.phones import Phone

BROWSER = {"X-Refresh-Token": "cookie"}


def cookie(answer: httpx.Response, name: str = "dotmac_staff") -> Morsel[str]:
    """The refresh token as the browser was told to keep it."""
    return SimpleCookie(answer.headers["set-cookie"])[name]


async def signed_in(client: httpx.AsyncClient, organisation: Organisation) -> httpx.Response:
    body = {
        "email": "owner@example.com",
        "password": PASSWORD,
        "tenant": organisation.profile.slug,
    }
    return await client.post("/auth/sign-in", json=body, headers=BROWSER)


async def refreshed(client: httpx.AsyncClient, token: str) -> httpx.Response:
    sent = {**BROWSER, "Cookie": f"dotmac_staff={token}"}
    client.cookies.clear()  # what is sent is what the test says
    return await client.post("/auth/refresh", headers=sent)


async def test_a_browser_keeps_its_refresh_token_where_no_script_reads_it(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    answer = await signed_in(client, organisation)

    kept = cookie(answer)
    assert answer.json()["data"]["refresh_token"] is None
    assert kept.value.startswith("dmr_")
    assert kept["httponly"] is True
    assert kept["secure"] is True  # people reach this installation by https
    assert kept["samesite"] == "strict"
    assert kept["path"] == "/api/v1/auth"
    assert int(kept["max-age"]) == 30 * 24 * 3600


async def test_a_program_is_given_its_token_and_no_cookie(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    body = {
        "email": "owner@example.com",
        "password": PASSWORD,
        "tenant": organisation.profile.slug,
    }
    answer = await client.post("/auth/sign-in", json=body)

    assert answer.json()["data"]["refresh_token"].startswith("dmr_")
    assert "set-cookie" not in answer.headers


async def test_a_browser_goes_on_with_its_cookie_alone(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    first = cookie(await signed_in(client, organisation)).value

    answer = await refreshed(client, first)
    token = answer.json()["data"]["access_token"]
    who = await client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert who.status_code == 200
    assert cookie(answer).value != first


async def test_a_cookie_that_is_sent_without_the_header_is_not_looked_at(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    token = cookie(await signed_in(client, organisation)).value
    client.cookies.clear()

    answer = await client.post("/auth/refresh", headers={"Cookie": f"dotmac_staff={token}"})

    assert code(answer) == "401 INVALID_REFRESH_TOKEN"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(
            secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"),
            cors_origins=("https://elsewhere.example",),
        )
    ],
)
async def test_no_other_site_may_send_the_header(client: httpx.AsyncClient) -> None:
    answer = await client.options(
        "/auth/refresh",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-refresh-token",
        },
    )

    assert answer.status_code == 204
    assert "x-refresh-token" not in answer.headers["access-control-allow-headers"].lower()


async def test_a_page_that_is_reloaded_while_it_waits_stays_signed_in(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    token = cookie(await signed_in(client, organisation)).value
    await refreshed(client, token)
    clock.advance(seconds=9)

    again = await refreshed(client, token)

    assert again.status_code == 200


async def test_a_stolen_cookie_ends_the_session(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    token = cookie(await signed_in(client, organisation)).value
    following = cookie(await refreshed(client, token)).value
    clock.advance(seconds=10)

    assert code(await refreshed(client, token)) == "401 REFRESH_TOKEN_REUSED"
    assert code(await refreshed(client, following)) == "401 INVALID_REFRESH_TOKEN"


async def test_signing_out_throws_the_cookie_away(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)

    answer = await client.post("/auth/sign-out", headers={**owner, **BROWSER})

    assert cookie(answer).value == ""
    assert cookie(answer)["max-age"] == "0"


async def test_the_second_step_and_an_invitation_open_a_browser_session_too(
    phone: Phone, client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    challenge = (await signed_in(client, organisation)).json()["error"]["details"]["challenge"]
    shown = {"challenge": challenge, "code": phone.paper[0]}
    second = await client.post("/auth/second-factor", json=shown, headers=BROWSER)
    token = second.json()["data"]["access_token"]
    await client.post(
        "/users/invitations",
        json={"email": "new@example.com", "name": "New", "roles": ["viewer"]},
        headers={"Authorization": f"Bearer {token}"},
    )
    accepted = await client.post(
        "/auth/invitations/accept",
        json={"token": await post.token(), "password": PASSWORD},
        headers=BROWSER,
    )

    for answer in (second, accepted):
        assert answer.json()["data"]["refresh_token"] is None
        assert cookie(answer).value.startswith("dmr_")
