from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.front_desk import bearer, code
from packages.dotmac_identity.tests.single_sign_on.browser import Browser, Settings
from packages.dotmac_identity.tests.single_sign_on.local_provider import (
    CLIENT_SECRET,
    LocalProvider,
    sealed_with,
    signed,
    unsigned,
)


def wrong(**claims: object) -> dict[str, Any]:
    return {"spoil": lambda token: token.update(claims)}


def without(claim: str) -> dict[str, Any]:
    return {"spoil": lambda token: token.pop(claim)}


async def test_forged_and_wrong_tokens_prove_nothing(
    browser: Browser, page: Settings, provider: LocalProvider, clock: FrozenClock
) -> None:
    provider_id = await page.added(joining="anybody")
    public = provider.first_key.as_pem(private=False)
    now = int(clock.now().timestamp())
    forgeries: dict[str, dict[str, Any]] = {
        "alg none": {"sign": unsigned},
        "the client's secret as key": {"sign": lambda t: sealed_with(t, CLIENT_SECRET.encode())},
        "the public key as secret": {"sign": lambda t: sealed_with(t, public, "first")},
        "another's key under the same name": {"sign": lambda t: signed(t, provider.foreign_key)},
        "a key that nobody knows": {"sign": lambda t: signed(t, provider.second_key)},
        "no token": {"sign": lambda _: "not a token"},
        "another issuer": wrong(iss="https://elsewhere.example"),
        "another audience": wrong(aud="somebody-else"),
        "one audience of two, for another": wrong(aud=["dotmac", "other"], azp="other"),
        "two audiences, for nobody": wrong(aud=["dotmac", "other"]),
        "another nonce": wrong(nonce="of another sign-in"),
        "no nonce": without("nonce"),
        "expired": wrong(exp=now - 31),
        "endless": without("exp"),
        "not a time": wrong(exp=float("nan")),
        "from tomorrow": wrong(iat=now + 86_400),
        "nobody": without("sub"),
        "a number": wrong(sub=7),
        "another access token": wrong(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    }
    refused = {}
    for what, lie in forgeries.items():
        provider.spoil, provider.sign = lie.get("spoil", lambda _: None), lie.get("sign")
        refused[what] = await browser.refused(provider_id)
    provider.spoil, provider.sign = lambda _: None, None

    key_unknown = {"another's key under the same name", "a key that nobody knows"}
    codes = {what: said for what, said in refused.items() if what not in key_unknown}
    assert set(codes.values()) == {"PROVIDER_ANSWER_REFUSED"}, codes
    assert refused["a key that nobody knows"] == "PROVIDER_KEY_UNKNOWN"
    assert refused["another's key under the same name"] == "PROVIDER_ANSWER_REFUSED"
    assert await browser.signs_in(provider_id)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_hosts(
    browser: Browser, page: Settings
) -> None:
    provider_id = await page.added()

    answer = await browser.app.get(f"/auth/single-sign-on/{browser.tenant}/{provider_id}/start")

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-dotmac-sign-in-")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))


async def test_an_answer_counts_only_in_the_browser_that_asked_and_only_once(
    browser: Browser, other_browser: Browser, page: Settings, clock: FrozenClock
) -> None:
    provider_id = await page.added(joining="anybody")
    address = await browser.at_provider(await browser.starts(provider_id))
    elsewhere = await other_browser.returns(address)
    first = await browser.returns(address)
    second = await browser.returns(address)
    late = await browser.at_provider(await browser.starts(provider_id))
    clock.advance(minutes=10)
    too_late = await browser.returns(late)
    nothing = await browser.returns(address.partition("?")[0])

    refused = {"error": "INVALID_SIGN_IN_FLOW"}
    assert set(first) == {"code"}
    assert elsewhere == second == too_late == nothing == refused


async def test_the_apps_code_is_good_once_for_a_minute_and_in_the_same_browser(
    browser: Browser, other_browser: Browser, page: Settings, clock: FrozenClock
) -> None:
    provider_id = await page.added(joining="anybody")
    handed = (await browser.comes_back(provider_id))["code"]
    stolen = await other_browser.finishes(handed)
    both = await asyncio.gather(*(browser.finishes(handed) for _ in range(2)))
    right, again = sorted(both, key=lambda answer: answer.status_code)
    late = (await browser.comes_back(provider_id))["code"]
    clock.advance(minutes=1)
    too_late = await browser.finishes(late)
    forged = await browser.finishes(handed[:-4] + "AAAA")

    assert right.status_code == 200
    answers = {code(one) for one in (stolen, again, too_late, forged)}
    assert answers == {"401 INVALID_SIGN_IN_FLOW"}


async def test_the_answer_of_one_provider_is_not_taken_for_that_of_another(
    browser: Browser, page: Settings, provider: LocalProvider
) -> None:
    honest = await page.added(joining="anybody")
    other = await page.added(name="Other", joining="anybody")
    address = await browser.at_provider(await browser.starts(honest))
    mixed_up = await browser.returns(address.replace(honest, other))
    address = await browser.at_provider(await browser.starts(honest))
    named_another = await browser.returns(f"{address}&iss=https%3A%2F%2Fmallory.example")
    provider.names_itself = True
    await page.client.post(f"/single-sign-on/providers/{honest}/test", headers=await page.owner())
    address = await browser.at_provider(await browser.starts(honest))
    unnamed = await browser.returns(address.replace("iss=", "not="))

    assert mixed_up == {"error": "INVALID_SIGN_IN_FLOW"}
    assert named_another == unnamed == {"error": "PROVIDER_ANSWER_REFUSED"}
    assert await browser.signs_in(honest)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://mallory.example/",
        "//mallory.example/",
        "/\\mallory.example/",
        "/\t/mallory.example",
        "mallory.example",
        "javascript:alert(1)",
        "/invoices#code=dmo_",
    ],
)
async def test_nobody_is_sent_to_another_site(
    browser: Browser, page: Settings, elsewhere: str
) -> None:
    provider_id = await page.added()

    answer = await browser.app.get(
        f"/auth/single-sign-on/{browser.tenant}/{provider_id}/start",
        params={"return_to": elsewhere},
        headers={"Host": "mallory.example"},
    )

    assert answer.headers["location"] == (
        "https://my.example/sign-in/single-sign-on#error=INVALID_RETURN_PATH"
    )


async def test_what_the_provider_refuses_is_told_in_our_own_words(
    browser: Browser, page: Settings, provider: LocalProvider, database: Database
) -> None:
    provider_id = await page.added()
    provider.denies = "access_denied"
    denied = await browser.refused(provider_id)
    provider.denies = "<script>alert(1)</script>"
    scripted = await browser.refused(provider_id)

    async with database.transaction(page.organisation.profile.id) as session:
        reasons = await session.scalars(
            sa.text(
                "SELECT after ->> 'reason' FROM core.audit_log "
                "WHERE action = 'identity.single_sign_on_refused'"
            )
        )

    assert denied == scripted == "PROVIDER_DENIED"
    assert sorted(reasons) == ["access_denied", "other"]


async def test_providers_of_one_tenant_sign_in_to_that_tenant_only(
    browser: Browser, page: Settings, database: Database, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    nina = await browser.signs_in(provider_id)
    other = await Organisation.founded(database, page.organisation.passwords)
    stranger = await bearer(client, other)

    elsewhere = await browser.app.get(
        f"/auth/single-sign-on/{other.profile.id}/{provider_id}/start"
    )
    read = await client.get(f"/single-sign-on/providers/{provider_id}", headers=stranger)
    members = await client.get("/users", headers=stranger)

    assert elsewhere.headers["location"].endswith("#error=SIGN_IN_PROVIDER_NOT_FOUND")
    assert code(read) == "404 SIGN_IN_PROVIDER_NOT_FOUND"
    assert members.json()["meta"]["pagination"]["total"] == 1
    assert (await client.get("/me", headers=nina)).status_code == 200
