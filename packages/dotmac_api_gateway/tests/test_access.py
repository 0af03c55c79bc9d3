"""Who is let in."""

from __future__ import annotations

import httpx
import pytest

from packages.dotmac_api_gateway.tests.kites import Connect


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_without_credentials_only_public_routes_answer(connect: Connect) -> None:
    async with connect(token=None) as client:
        assert (await client.get("/api/v1/weather")).json() == {"data": "windy", "meta": {}}
        refused = await client.get("/api/v1/kites/me")

    assert code(refused) == (401, "AUTHENTICATION_REQUIRED")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


async def test_wrong_credentials_are_refused(connect: Connect) -> None:
    async with connect(token="stranger") as client:
        assert code(await client.get("/api/v1/kites/me")) == (401, "WRONG_TOKEN")


async def test_a_missing_permission_is_named(connect: Connect) -> None:
    async with connect(token="reader") as client:
        answer = await client.post("/api/v1/kites", json={"name": "x"})

    assert code(answer) == (403, "PERMISSION_DENIED")
    assert answer.json()["error"]["details"] == {"permission": "kites:write"}


async def test_a_principal_over_its_rate_is_told_when_to_come_back(connect: Connect) -> None:
    async with connect(api_rate_limit=60) as client:
        answers = [await client.get("/api/v1/kites/me") for _ in range(11)]

    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert code(answers[10]) == (429, "RATE_LIMITED")
    assert answers[10].headers["Retry-After"] == "1"


async def test_principals_do_not_use_up_each_others_rate(connect: Connect) -> None:
    async with connect(api_rate_limit=60) as client:
        for _ in range(11):
            await client.get("/api/v1/kites/me")
        other = await client.get("/api/v1/kites/me", headers={"Authorization": "Bearer reader"})

    assert other.status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer stranger"}, {"Authorization": "Bearer owner"}]
)
async def test_public_routes_are_counted_by_address(
    connect: Connect, headers: dict[str, str]
) -> None:
    async with connect(token=None, api_rate_limit_anonymous=60) as client:
        answers = [await client.get("/api/v1/weather", headers=headers) for _ in range(11)]

    assert code(answers[10]) == (429, "RATE_LIMITED")


async def test_guessing_credentials_is_counted_by_address(connect: Connect) -> None:
    async with connect(token=None, api_rate_limit_anonymous=60) as client:
        guesses = [
            await client.get("/api/v1/kites/me", headers={"Authorization": f"Bearer {n}"})
            for n in range(11)
        ]

    assert code(guesses[9]) == (401, "WRONG_TOKEN")
    assert code(guesses[10]) == (429, "RATE_LIMITED")


async def test_a_forwarded_address_counts_behind_a_trusted_proxy(connect: Connect) -> None:
    async with connect(
        token=None, peer="10.1.2.3", api_rate_limit_anonymous=60, trusted_proxies="10.0.0.0/8"
    ) as client:
        for _ in range(11):
            await client.get("/api/v1/weather", headers={"X-Forwarded-For": "192.0.2.1"})
        # What stands before the nearest foreign address was written by the client itself.
        same = {"X-Forwarded-For": "198.51.100.9, 192.0.2.1, 10.9.9.9"}
        assert (await client.get("/api/v1/weather", headers=same)).status_code == 429
        other = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
        assert (await client.get("/api/v1/weather", headers=other)).status_code == 200


async def test_a_forwarded_address_of_a_stranger_is_not_believed(connect: Connect) -> None:
    async with connect(token=None, peer="192.0.2.7", api_rate_limit_anonymous=60) as client:
        for n in range(10):
            await client.get("/api/v1/weather", headers={"X-Forwarded-For": f"198.51.100.{n}"})
        answer = await client.get("/api/v1/weather", headers={"X-Forwarded-For": "203.0.113.1"})

    assert answer.status_code == 429
