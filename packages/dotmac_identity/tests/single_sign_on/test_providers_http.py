from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.database import Database
from packages.dotmac_identity.tests.front_desk import bearer, code, key_for
from packages.dotmac_identity.tests.single_sign_on.browser import (
    PROVIDERS,
    Browser,
    Settings,
    query_of,
)
from packages.dotmac_identity.tests.single_sign_on.local_provider import (
    CLIENT_SECRET,
    LocalProvider,
)


async def test_an_owner_sets_a_provider_up_and_the_sign_in_page_offers_it(
    page: Settings, client: httpx.AsyncClient
) -> None:
    slug = page.organisation.profile.slug
    added = await page.adds(
        default_roles=["viewer"],
        role_claim="groups",
        role_map=[{"value": "money", "role": "billing"}],
        logo_url="https://north.example/logo.png",
    )
    await page.adds(name="Asleep", is_enabled=False)

    offered = await client.get("/auth/single-sign-on", params={"tenant": slug})
    nobody = await client.get("/auth/single-sign-on", params={"tenant": "no-such-tenant"})
    listed = await client.get(PROVIDERS, headers=await page.owner())

    assert added["role_map"] == [{"value": "money", "role": "billing"}]
    assert added["redirect_uri"].endswith(f"/{added['id']}/callback")
    assert offered.json()["data"] == [
        {
            "id": added["id"],
            "name": "North",
            "logo_url": "https://north.example/logo.png",
            "start_url": added["redirect_uri"].replace("/callback", "/start"),
        }
    ]
    assert nobody.json()["data"] == []
    assert [one["name"] for one in listed.json()["data"]] == ["Asleep", "North"]


async def test_a_clients_secret_goes_in_and_never_comes_out(
    page: Settings, client: httpx.AsyncClient, database: Database
) -> None:
    added = await page.adds()
    changed = await page.changes(added["id"], name="Northern", client_secret=CLIENT_SECRET)
    read = await client.get(f"{PROVIDERS}/{added['id']}", headers=await page.owner())
    async with database.transaction(page.organisation.profile.id) as session:
        rows = [
            row
            for table in ("identity.sign_in_providers", "core.audit_log", "events.outbox")
            for row in await session.scalars(sa.text(f"SELECT t::text FROM {table} t"))
        ]
    without = await page.changes(added["id"], client_secret=None)

    secret_in_hex = CLIENT_SECRET.encode().hex()
    assert "client_secret" not in read.json()["data"]
    assert (changed["name"], changed["has_client_secret"]) == ("Northern", True)
    assert without["has_client_secret"] is False
    assert len(rows) > 4
    assert not [row for row in rows if CLIENT_SECRET in row or secret_in_hex in row]


async def test_only_who_may_everything_decides_who_vouches_for_people(
    page: Settings, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added()
    owner = await page.owner()
    own = {"name": "it", "permissions": ["single_sign_on:write", "single_sign_on:read"]}
    made = await client.post("/roles", headers=owner, json=own)
    for name, role in (("adam", "admin"), ("vera", "viewer"), ("ida", "it")):
        await page.organisation.employs(name, role)
    key = {"X-API-Key": (await key_for(client, owner, scopes=["single_sign_on:write"]))["secret"]}
    people = {
        name: await bearer(client, page.organisation, name) for name in ("adam", "vera", "ida")
    }
    path = f"{PROVIDERS}/{provider_id}"

    refused = {
        name: {
            code(await page.attempt(headers, name="Mine")),
            code(await client.patch(path, headers=headers, json={"links_by_email": True})),
            code(await client.delete(path, headers=headers)),
            code(await client.post(f"{path}/test", headers=headers)),
        }
        for name, headers in {**people, "key": key}.items()
    }

    assert made.status_code == 201
    assert refused == {
        "adam": {"403 PERMISSION_DENIED"},
        "vera": {"403 PERMISSION_DENIED"},
        "ida": {"403 GRANT_TOO_WIDE"},
        "key": {"403 GRANT_TOO_WIDE"},
    }
    assert (await client.get(path, headers=people["vera"])).status_code == 200


async def test_what_cannot_be_set_up_is_refused(page: Settings, client: httpx.AsyncClient) -> None:
    await page.adds()
    owner = await page.owner()
    wrong: dict[str, dict[str, object]] = {
        "409 SIGN_IN_PROVIDER_NAME_TAKEN": {},
        "422 ROLE_NOT_MAPPABLE": {"name": "A", "default_roles": ["owner"]},
        "422 UNKNOWN_ROLE": {"name": "B", "role_map": [{"value": "x", "role": "nobody"}]},
        "422 INVALID_DOMAIN": {"name": "C", "email_domains": ["not a domain"]},
        "422 VALIDATION_FAILED": {"name": "D", "scopes": ["email"]},
        "422 PROVIDER_ADDRESS_REFUSED": {"name": "E", "logo_url": "javascript:alert(1)"},
    }

    refused = {said: code(await page.attempt(owner, **values)) for said, values in wrong.items()}
    unknown = await client.patch(
        f"{PROVIDERS}/{page.organisation.profile.id}", headers=owner, json={"name": "F"}
    )

    assert refused == {said: said for said in wrong}
    assert code(unknown) == "404 SIGN_IN_PROVIDER_NOT_FOUND"


async def test_a_test_says_what_the_provider_says_of_itself_or_what_is_wrong(
    page: Settings, client: httpx.AsyncClient, provider: LocalProvider
) -> None:
    owner = await page.owner()
    provider_id = await page.added(is_enabled=False)
    right = await client.post(f"{PROVIDERS}/{provider_id}/test", headers=owner)
    provider.called_itself = "https://somebody.example"
    misnamed = await client.post(f"{PROVIDERS}/{provider_id}/test", headers=owner)
    provider.called_itself = None
    wrong = {}
    for path in ("elsewhere", "endless", "bomb", "page", "inward", "nowhere"):
        other = await page.added(name=path, issuer=f"{provider.issuer}/{path}")
        answer = await client.post(f"{PROVIDERS}/{other}/test", headers=owner)
        wrong[path] = f"{code(answer)}: {answer.json()['error']['details']['reason']}"

    report = right.json()["data"]
    assert (report["issuer"], report["algorithms"], report["keys"]) == (
        provider.issuer,
        ["RS256"],
        1,
    )
    assert code(misnamed) == "503 PROVIDER_UNREACHABLE"
    unreachable = "503 PROVIDER_UNREACHABLE: "
    assert wrong == {
        "elsewhere": f"{unreachable}it does not answer with JSON",
        "endless": f"{unreachable}its answer is too long",
        "bomb": f"{unreachable}it answers compressed, which was not asked for",
        "page": f"{unreachable}it does not answer with JSON",
        "inward": "422 PROVIDER_ADDRESS_REFUSED: it does not begin with https://",
        "nowhere": f"{unreachable}its description answers with status 404",
    }


async def test_a_provider_that_is_silent_leads_back_to_the_app(
    browser: Browser, page: Settings
) -> None:
    provider_id = await page.added(issuer="http://127.0.0.1:9")

    answer = await browser.app.get(f"/auth/single-sign-on/{browser.tenant}/{provider_id}/start")

    assert answer.headers["location"].endswith("#error=PROVIDER_UNREACHABLE")


@pytest.mark.parametrize("way", ["switched off", "removed"])
async def test_a_provider_that_is_given_up_ends_the_sessions_of_its_people(
    way: str, browser: Browser, page: Settings, client: httpx.AsyncClient
) -> None:
    provider_id = await page.added(joining="anybody")
    nina = await browser.signs_in(provider_id)
    begun = await browser.at_provider(await browser.starts(provider_id))
    in_hand = (await browser.comes_back(provider_id))["code"]
    owner = await page.owner()

    if way == "removed":
        gone = await client.delete(f"{PROVIDERS}/{provider_id}", headers=owner)
        assert gone.status_code == 200
    else:
        await page.changes(provider_id, is_enabled=False)

    assert code(await client.get("/me", headers=nina)) == "401 SESSION_ENDED"
    assert (await client.get("/me", headers=owner)).status_code == 200
    assert set(await browser.returns(begun)) == {"error"}
    assert code(await browser.finishes(in_hand)) == "401 INVALID_SIGN_IN_FLOW"


async def test_links_lead_to_the_tenants_own_domain_once_it_is_proved(
    browser: Browser, page: Settings, database: Database
) -> None:
    added = await page.adds()
    async with database.transaction(page.organisation.profile.id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO core.domains "
                "(id, name, token, verified_at, checked_at, is_primary, created_at) "
                "VALUES (gen_random_uuid(), :name, 'x', now(), now(), true, now())"
            ),
            {"name": f"{page.organisation.profile.slug}.example"},
        )

    asked = query_of(await browser.starts(added["id"]))

    assert asked["redirect_uri"] == added["redirect_uri"].replace(
        "https://my.example", f"https://{page.organisation.profile.slug}.example"
    )
