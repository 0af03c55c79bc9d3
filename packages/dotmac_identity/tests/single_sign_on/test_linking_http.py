from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from dotmac_core_ops.clock import FrozenClock
from dotmac_identity.testing import PASSWORD
from packages.dotmac_identity.tests.front_desk import Post, bearer, code
from packages.dotmac_identity.tests.phones import Phone
from packages.dotmac_identity.tests.single_sign_on.browser import (
    PROVIDERS,
    Browser,
    Settings,
    query_of,
)
from packages.dotmac_identity.tests.single_sign_on.local_provider import LocalProvider

OWN = "/me/linked-identities"


async def begins(
    browser: Browser, headers: dict[str, str], provider_id: str, **more: str
) -> httpx.Response:
    body = {"provider_id": provider_id, **more}
    return await browser.app.post(OWN, headers=headers, json=body)


async def goes(browser: Browser, begun: httpx.Response) -> dict[str, str]:
    """What the app's page is told after the visit to the provider."""
    assert begun.status_code == 200, begun.text
    address = begun.json()["data"]["authorization_url"]
    return await browser.returns(await browser.at_provider(address))


async def test_one_links_an_identity_signs_in_by_it_and_unlinks_it(
    browser: Browser, page: Settings, client: httpx.AsyncClient, post: Post
) -> None:
    provider_id = await page.added()
    owner = await page.owner()
    await post.mails()
    linked = await goes(
        browser, await begins(browser, owner, provider_id, password=PASSWORD, return_to="/profile")
    )
    signed_in = await browser.signs_in(provider_id)
    [shown] = (await client.get(OWN, headers=signed_in)).json()["data"]
    unlinked = await client.delete(f"{OWN}/{shown['id']}", headers=signed_in)

    assert linked == {"linked": "true", "return_to": "/profile"}
    assert (await client.get("/me", headers=signed_in)).json()["data"]["email"] == (
        "owner@example.com"
    )
    assert (shown["provider"], shown["email"]) == ("North", "nina@north.example")
    assert unlinked.status_code == 200
    assert await browser.refused(provider_id) == "NOT_INVITED"
    # Both were sent in the same moment, so that either may come first.
    assert sorted(mail.subject for mail in await post.mails()) == [
        "North was linked to your account for North Net",
        "North was unlinked from your account for North Net",
    ]


async def test_linking_needs_the_password_or_for_who_has_none_a_sign_in_just_now(
    browser: Browser,
    page: Settings,
    provider: LocalProvider,
    clock: FrozenClock,
) -> None:
    provider_id = await page.added(joining="anybody")
    owner = await page.owner()
    wrong = await begins(browser, owner, provider_id, password="not the password")
    without = await begins(browser, owner, provider_id)
    nina = await browser.signs_in(provider_id)
    provider.knows("nina-at-home", email="nina@home.example")
    soon = await goes(browser, await begins(browser, nina, provider_id))
    clock.advance(minutes=10)
    later = await begins(browser, nina, provider_id)

    assert code(wrong) == code(without) == "401 INVALID_CREDENTIALS"
    assert soon == {"linked": "true"}
    assert code(later) == "403 RECENT_SIGN_IN_REQUIRED"


async def test_nobody_links_for_somebody_else(
    browser: Browser, other_browser: Browser, page: Settings, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    await page.organisation.employs("mallory", "viewer")
    mallory = await bearer(client, page.organisation, "mallory")
    begun = await begins(browser, mallory, provider_id, password=PASSWORD)
    address = await browser.at_provider(begun.json()["data"]["authorization_url"])
    lured = await other_browser.returns(address)  # Nina follows Mallory's link
    left = await begins(browser, mallory, provider_id, password=PASSWORD)
    await client.post("/auth/sign-out", headers=mallory)
    signed_out = await goes(browser, left)
    await other_browser.signs_in(provider_id)
    mallory = await bearer(client, page.organisation, "mallory")
    taken = await goes(browser, await begins(browser, mallory, provider_id, password=PASSWORD))

    assert lured == signed_out == {"error": "INVALID_SIGN_IN_FLOW"}
    assert taken == {"error": "IDENTITY_LINKED_ELSEWHERE"}
    assert (await client.get(OWN, headers=mallory)).json()["data"] == []


async def test_nobody_unlinks_what_is_anothers(
    browser: Browser, page: Settings, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    nina = await browser.signs_in(provider_id)
    [linked] = (await client.get(OWN, headers=nina)).json()["data"]

    refused = await client.delete(f"{OWN}/{linked['id']}", headers=await page.owner())

    assert code(refused) == "404 LINKED_IDENTITY_NOT_FOUND"
    assert code(await client.get(OWN)) == "401 AUTHENTICATION_REQUIRED"


async def test_who_has_a_second_factor_is_asked_for_it_unless_the_provider_saw_one(
    browser: Browser, page: Settings, provider: LocalProvider, clock: FrozenClock
) -> None:
    provider_id = await page.added(links_by_email=True)
    owner = await page.owner()
    phone = Phone(page.client, page.organisation, clock)
    await phone.enrols(owner)
    provider.knows("olga", email="owner@example.com", email_verified=True, amr=["pwd", "mfa"])
    untrusted = await browser.finishes((await browser.comes_back(provider_id))["code"])
    challenge = untrusted.json()["error"]["details"]["challenge"]
    shown = await phone.shown(challenge, phone.next_code())
    await page.client.patch(
        f"{PROVIDERS}/{provider_id}", headers=owner, json={"second_factor_amr": ["mfa"]}
    )
    vouched = await browser.finishes((await browser.comes_back(provider_id))["code"])
    provider.person["amr"] = ["pwd"]
    alone = await browser.finishes((await browser.comes_back(provider_id))["code"])

    assert code(untrusted) == code(alone) == "403 SECOND_FACTOR_REQUIRED"
    assert shown.status_code == vouched.status_code == 200


async def test_a_second_factor_at_the_provider_satisfies_the_rule_only_as_long_as_it_is_trusted(
    browser: Browser, page: Settings, provider: LocalProvider, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(
        joining="anybody", default_roles=["viewer"], second_factor_acr=["urn:north:strong"]
    )
    owner = await page.owner()
    rules = {"roles": ["viewer"]}
    await client.put("/second-factor-rules", headers=owner, json=rules)
    weak = await browser.signs_in(provider_id)
    provider.person["acr"] = "urn:north:strong"
    strong = await browser.signs_in(provider_id)
    asked = provider.asked["acr_values"]
    before = [await client.get("/users", headers=one) for one in (weak, strong)]
    in_hand = (await browser.comes_back(provider_id))["code"]
    await page.changes(provider_id, second_factor_acr=[])
    opened = (await browser.finishes(in_hand)).json()["data"]["access_token"]
    since = {"Authorization": f"Bearer {opened}"}

    assert asked == "urn:north:strong"
    assert [one.status_code for one in before] == [403, 200]
    assert code(before[0]) == "403 SECOND_FACTOR_MISSING"
    for late in (strong, since):
        assert code(await client.get("/users", headers=late)) == "403 SECOND_FACTOR_MISSING"


async def test_a_link_asks_the_provider_which_account_it_shall_be(
    browser: Browser, page: Settings
) -> None:
    provider_id = await page.added()
    begun = await begins(browser, await page.owner(), provider_id, password=PASSWORD)

    address = begun.json()["data"]["authorization_url"]

    assert urlsplit(address).path == "/authorize"
    assert query_of(address)["prompt"] == "select_account"
