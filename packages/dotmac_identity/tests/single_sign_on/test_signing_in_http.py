from __future__ import annotations

import httpx
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import set_tenant_state
from dotmac_identity.single_sign_on.flows.jobs import PURGE_SIGN_IN_FLOWS
from packages.dotmac_identity.tests.front_desk import Post, code
from packages.dotmac_identity.tests.single_sign_on.browser import Browser, Settings, query_of
from packages.dotmac_identity.tests.single_sign_on.local_provider import (
    CLIENT_ID,
    LocalProvider,
    signed,
)


async def test_who_is_invited_joins_without_a_password(
    browser: Browser, page: Settings, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added()
    uninvited = await browser.refused(provider_id)
    invited = {"email": "nina@north.example", "name": "Nina", "roles": ["billing"]}
    owner = await page.owner()
    await client.post("/users/invitations", headers=owner, json=invited)

    nina = await browser.signs_in(provider_id)
    again = await browser.signs_in(provider_id)
    own = (await client.get("/me", headers=again)).json()["data"]
    invitations = await client.get("/users/invitations", headers=owner)

    assert uninvited == "NOT_INVITED"
    assert (await client.get("/auth/me", headers=nina)).status_code == 200
    assert (own["email"], own["name"], own["roles"]) == (
        "nina@north.example",
        "Nina North",
        ["billing"],
    )
    assert [one["state"] for one in invitations.json()["data"]] == ["accepted"]


async def test_anybody_of_the_organisations_domains_joins_with_its_first_roles(
    browser: Browser, page: Settings, provider: LocalProvider, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(
        joining="anybody", email_domains=["North.example"], default_roles=["viewer"]
    )
    nina = await browser.signs_in(provider_id)
    provider.knows("mallory", email="mallory@elsewhere.example", email_verified=True)

    assert (await client.get("/me", headers=nina)).json()["data"]["roles"] == ["viewer"]
    assert await browser.refused(provider_id) == "NOT_INVITED"


async def test_who_has_an_account_is_known_by_a_verified_address_only_where_that_is_allowed(
    browser: Browser,
    page: Settings,
    provider: LocalProvider,
    client: httpx.AsyncClient,
    post: Post,
) -> None:
    emil = await page.organisation.employs("emil", "viewer")
    provider_id = await page.added()
    provider.knows("e1", email="Emil@Example.com", email_verified=True)
    not_linked = await browser.refused(provider_id)
    await page.changes(provider_id, links_by_email=True)
    provider.knows("e1", email="emil@example.com", email_verified=False)
    unverified = await browser.refused(provider_id)
    provider.knows("e1", email="Emil@Example.com", email_verified=True)
    signed_in = await browser.signs_in(provider_id)

    own = (await client.get("/me", headers=signed_in)).json()["data"]

    assert not_linked == "IDENTITY_NOT_LINKED"
    assert unverified == "PROVIDER_EMAIL_NOT_VERIFIED"
    assert own["id"] == str(emil.id)
    assert "North was linked to your account for North Net" in [
        mail.subject for mail in await post.mails()
    ]


async def test_an_address_that_the_provider_says_nothing_about_counts_only_where_it_is_trusted(
    browser: Browser, page: Settings, provider: LocalProvider
) -> None:
    provider_id = await page.added(joining="anybody")
    provider.knows("n1", email="nora@north.example")
    unsaid = await browser.refused(provider_id)
    await page.changes(provider_id, trusts_email=True)
    provider.knows("n2", email="nils@north.example", email_verified=False)
    denied = await browser.refused(provider_id)
    provider.knows("n1", email="nora@north.example")

    assert unsaid == denied == "PROVIDER_EMAIL_NOT_VERIFIED"
    assert await browser.signs_in(provider_id)


async def test_somebody_is_known_by_issuer_and_subject_whatever_the_address(
    browser: Browser, page: Settings, provider: LocalProvider, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    nina = await browser.signs_in(provider_id)
    provider.knows("nina", email="owner@example.com", email_verified=True)
    moved = await browser.signs_in(provider_id)
    provider.knows("another", email="nina@north.example", email_verified=True)

    ids = [(await client.get("/me", headers=one)).json()["data"]["id"] for one in (nina, moved)]

    assert ids[0] == ids[1]
    assert await browser.refused(provider_id) == "IDENTITY_NOT_LINKED"


async def test_roles_follow_the_claim_at_each_sign_in_and_owners_stay_owners(
    browser: Browser,
    page: Settings,
    provider: LocalProvider,
    client: httpx.AsyncClient,
) -> None:
    provider_id = await page.added(
        joining="anybody",
        links_by_email=True,
        default_roles=["viewer"],
        role_claim="realm_access.roles",
        role_map=[{"value": "money", "role": "billing"}, {"value": "desk", "role": "support"}],
    )

    async def roles(subject: str, email: str, *values: str) -> list[str]:
        claim = {"roles": list(values)}
        provider.knows(subject, email=email, email_verified=True, realm_access=claim)
        headers = await browser.signs_in(provider_id)
        found: list[str] = (await client.get("/me", headers=headers)).json()["data"]["roles"]
        return found

    assert await roles("nina", "nina@north.example", "money", "unknown") == ["billing", "viewer"]
    assert await roles("nina", "nina@north.example", "desk") == ["support", "viewer"]
    assert await roles("nina", "nina@north.example") == ["viewer"]
    assert await roles("olga", "owner@example.com", "desk") == ["owner", "support", "viewer"]


async def test_what_is_not_in_the_id_token_is_taken_from_the_user_info_of_the_same_person(
    browser: Browser, page: Settings, provider: LocalProvider, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    provider.thin = True
    nina = await browser.signs_in(provider_id)
    provider.userinfo_subject = "somebody-else"

    assert (await client.get("/me", headers=nina)).json()["data"]["name"] == "Nina North"
    assert await browser.refused(provider_id) == "PROVIDER_ANSWER_REFUSED"


async def test_what_a_token_says_beside_is_no_reason_to_refuse_it(
    browser: Browser, page: Settings, provider: LocalProvider
) -> None:
    provider_id = await page.added(joining="anybody")
    provider.sign = lambda token: signed(token, provider.first_key, **{"pi.atm": "1"})
    provider.spoil = lambda token: token.update(aud=[CLIENT_ID, "other"], azp=CLIENT_ID, tid="7")

    assert await browser.signs_in(provider_id)


async def test_a_provider_renews_its_keys_without_a_word(
    browser: Browser, page: Settings, provider: LocalProvider, clock: FrozenClock
) -> None:
    provider_id = await page.added(joining="anybody")
    await browser.signs_in(provider_id)
    await browser.signs_in(provider_id)
    fetched = provider.keys_fetched
    provider.rotates()
    at_once = await browser.refused(provider_id)
    clock.advance(seconds=31)

    assert fetched == 1
    assert at_once == "PROVIDER_KEY_UNKNOWN"
    assert await browser.signs_in(provider_id)
    assert provider.keys_fetched == 2


async def test_the_request_has_state_nonce_and_pkce_and_leads_back_to_our_own_address(
    browser: Browser, page: Settings, provider: LocalProvider, database: Database
) -> None:
    added = await page.adds()
    address = await browser.starts(added["id"], login_hint="nina@north.example")
    asked = query_of(address)
    async with database.transaction(page.organisation.profile.id) as session:
        kept = (
            await session.scalars(sa.text("SELECT f::text FROM identity.sign_in_flows f"))
        ).all()

    assert address.startswith(f"{provider.issuer}/authorize?")
    assert asked["redirect_uri"] == added["redirect_uri"]
    assert added["redirect_uri"].startswith("https://my.example/api/v1/auth/single-sign-on/")
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid email profile", "S256")
    assert asked["login_hint"] == "nina@north.example"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert not [row for row in kept for said in asked.values() if said in row]


async def test_a_browser_keeps_the_refresh_token_of_such_a_session_in_its_cookie(
    browser: Browser, page: Settings
) -> None:
    provider_id = await page.added(joining="anybody")
    told = await browser.comes_back(provider_id)

    answer = await browser.app.post(
        "/auth/single-sign-on/finish",
        json={"code": told["code"]},
        headers={"X-Refresh-Token": "cookie"},
    )
    renewed = await browser.app.post("/auth/refresh", headers={"X-Refresh-Token": "cookie"})

    assert answer.json()["data"]["refresh_token"] is None
    assert renewed.status_code == 200


async def test_two_tabs_sign_in_beside_each_other(browser: Browser, page: Settings) -> None:
    provider_id = await page.added(joining="anybody")
    tabs = [await browser.starts(provider_id) for _ in range(2)]

    told = [await browser.returns(await browser.at_provider(tab)) for tab in tabs]

    assert [(await browser.finishes(one["code"])).status_code for one in told] == [200, 200]


async def test_one_goes_on_where_one_wanted_to_go(browser: Browser, page: Settings) -> None:
    provider_id = await page.added(joining="anybody")

    told = await browser.comes_back(provider_id, return_to="/invoices?status=open")

    assert told["return_to"] == "/invoices?status=open"


async def test_signing_in_again_can_be_asked_for_and_an_old_sign_in_is_refused(
    browser: Browser, page: Settings, provider: LocalProvider
) -> None:
    provider_id = await page.added(joining="anybody", max_age_seconds=3600)
    provider.signed_in_seconds_ago = 600
    assert await browser.signs_in(provider_id)
    asked_of_all = provider.asked["max_age"]
    again = await browser.refused(provider_id, prompt="login", max_age="300")
    asked_now = dict(provider.asked)
    provider.signed_in_seconds_ago = 0

    assert asked_of_all == "3600"
    assert (asked_now["prompt"], asked_now["max_age"]) == ("login", "300")
    assert again == "PROVIDER_ANSWER_REFUSED"
    assert await browser.signs_in(provider_id, prompt="login", max_age="0")
    provider.spoil = lambda token: token.pop("auth_time")
    assert await browser.refused(provider_id) == "PROVIDER_ANSWER_REFUSED"


async def test_who_was_deactivated_is_refused_also_with_a_code_in_hand(
    browser: Browser, page: Settings, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    nina = await browser.signs_in(provider_id)
    user_id = (await client.get("/me", headers=nina)).json()["data"]["id"]
    in_hand = (await browser.comes_back(provider_id))["code"]
    owner = await page.owner()
    await client.post(f"/users/{user_id}/deactivate", headers=owner)

    assert code(await client.get("/me", headers=nina)) == "401 SESSION_ENDED"
    assert code(await browser.finishes(in_hand)) == "401 INVALID_SIGN_IN_FLOW"
    assert await browser.refused(provider_id) == "ACCOUNT_DEACTIVATED"


async def test_a_suspended_tenant_lets_in_nobody_but_owners_and_nobody_new(
    browser: Browser, page: Settings, provider: LocalProvider, database: Database
) -> None:
    provider_id = await page.added(joining="anybody", links_by_email=True)
    in_hand = (await browser.comes_back(provider_id))["code"]
    async with database.transaction(page.organisation.profile.id) as session:
        await set_tenant_state(session, TenantState.SUSPENDED)

    late = await browser.finishes(in_hand)
    known = await browser.refused(provider_id)
    provider.knows("new", email="new@north.example", email_verified=True)
    newcomer = await browser.refused(provider_id)
    provider.knows("olga", email="owner@example.com", email_verified=True)

    assert code(late) == "403 TENANT_SUSPENDED"
    assert known == newcomer == "TENANT_SUSPENDED"
    assert await browser.signs_in(provider_id)
    async with database.transaction(page.organisation.profile.id) as session:
        users = await session.scalar(sa.text("SELECT count(*) FROM identity.users"))
    assert users == 2


async def test_sign_ins_are_forgotten_a_day_after_their_end(
    browser: Browser, page: Settings, clock: FrozenClock, database: Database
) -> None:
    await browser.starts(await page.added())

    async def extend_lease() -> None:
        """Nobody else runs it."""

    async def left() -> int:
        tenant_id = page.organisation.profile.id
        await PURGE_SIGN_IN_FLOWS.run(
            JobContext(
                database=database,
                clock=clock,
                payload={},
                tenant_id=tenant_id,
                attempt=1,
                extend_lease=extend_lease,
            )
        )
        async with database.transaction(tenant_id) as session:
            found = await session.scalars(sa.text("SELECT id FROM identity.sign_in_flows"))
            return len(found.all())

    clock.advance(days=1, minutes=10)
    assert await left() == 1
    clock.advance(seconds=1)
    assert await left() == 0
