"""Users brought in, changed and let go by a directory, and what it must not do."""

from __future__ import annotations

from uuid import uuid4

import httpx

from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.directories import (
    ENTRA_USER,
    LET_GO,
    LET_IN,
    OKTA_USER,
    Directory,
    said,
)
from packages.dotmac_identity.tests.front_desk import Post, bearer

NEW = "seven purple lanterns drift"
CAPABILITIES = ("patch", "bulk", "filter", "changePassword", "sort", "etag")


async def test_entra_looks_brings_in_changes_and_lets_go(directory: Directory) -> None:
    before = await directory.found('userName eq "Vera.Lind@example.com"')
    answer = await directory.ask("POST", "/Users", ENTRA_USER)
    vera = answer.json()
    renamed = await directory.patches(
        vera["id"],
        [
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "vera.ek@example.com"},
            {"op": "Replace", "path": "name.familyName", "value": "Ek"},
            {"op": "Replace", "path": "displayName", "value": "Vera Ek"},
            {"op": "Replace", "path": "userName", "value": "Vera.Ek@example.com"},
            {"op": "Add", "path": "title", "value": "Planner"},
            {
                "op": "Add",
                "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
                "value": "42",
            },
        ],
    )
    gone = await directory.patches(vera["id"], LET_GO)

    assert before == []
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/scim+json")
    assert answer.headers["Location"] == vera["meta"]["location"]
    assert vera["meta"]["location"] == f"https://my.example/api/v1/scim/v2/Users/{vera['id']}"
    assert (vera["userName"], vera["externalId"], vera["groups"]) == (
        "Vera.Lind@example.com",
        "7c4ae2d1-0f0e-4c7b-9a35-2f1a1a3cbb01",
        [],
    )
    assert vera["name"] == {"formatted": "Vera Lind", "givenName": "Vera", "familyName": "Lind"}
    assert renamed.json()["userName"] == "Vera.Ek@example.com"
    assert renamed.json()["emails"][0]["value"] == "vera.ek@example.com"
    assert renamed.json()["name"]["formatted"] == "Vera Ek"
    assert gone.json()["active"] is False
    assert [one["id"] for one in await directory.found('userName eq "VERA.EK@EXAMPLE.COM"')] == [
        vera["id"]
    ]


async def test_okta_looks_brings_in_replaces_and_lets_go(directory: Directory) -> None:
    wanted = 'userName eq "omar.haddad@example.com"'
    before = await directory.found(wanted, startIndex=1, count=100)
    omar = await directory.brings(OKTA_USER)
    replaced = await directory.ask(
        "PUT",
        f"/Users/{omar['id']}",
        {
            **OKTA_USER,
            "id": omar["id"],
            "name": {"givenName": "Omar", "familyName": "Saleh"},
            "displayName": "Omar Saleh",
            "timezone": "Asia/Beirut",
            "meta": {"resourceType": "User"},
        },
    )
    gone = await directory.patches(omar["id"], [{"op": "replace", "value": {"active": False}}])
    back = await directory.ask("PUT", f"/Users/{omar['id']}", {**OKTA_USER, "active": True})

    assert before == []
    assert (omar["active"], omar["locale"], "password" in omar) == (True, "en-US", False)
    assert replaced.json()["name"]["familyName"] == "Saleh"
    assert replaced.json()["timezone"] == "Asia/Beirut"
    assert gone.json()["active"] is False
    assert (back.json()["active"], "timezone" in back.json()) == (True, False)
    assert len(await directory.found(wanted)) == 1


async def test_who_is_let_go_is_signed_out_at_once(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory
) -> None:
    await organisation.employs("vera", "admin")
    vera = await bearer(client, organisation, "vera")
    [found] = await directory.found('userName eq "vera@example.com" and active eq true')
    works = await client.get("/auth/me", headers=vera)

    await directory.patches(found["id"], LET_GO)

    assert works.status_code == 200
    assert (await client.get("/auth/me", headers=vera)).status_code == 401
    refused = await client.post(
        "/auth/sign-in",
        json={
            "email": "vera@example.com",
            "password": PASSWORD,
            "tenant": organisation.profile.slug,
        },
    )
    assert refused.status_code == 401
    assert found["groups"][0]["display"] == "admin"


async def test_who_was_brought_in_sets_a_password_and_has_no_rights_yet(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory, post: Post
) -> None:
    await directory.brings(OKTA_USER)
    asked = {"email": "omar.haddad@example.com", "tenant": organisation.profile.slug}
    guess = {**asked, "password": OKTA_USER["password"]}

    sent_along = await client.post("/auth/sign-in", json=guess)
    await client.post("/auth/password/forgotten", json=asked)
    token = await post.token()
    await client.post("/auth/password/reset", json={"token": token, "password": NEW})
    signed_in = await client.post("/auth/sign-in", json={**asked, "password": NEW})

    assert sent_along.status_code == 401
    assert signed_in.status_code == 200, signed_in.text
    headers = {"Authorization": f"Bearer {signed_in.json()['data']['access_token']}"}
    me = (await client.get("/auth/me", headers=headers)).json()["data"]
    assert me["permissions"] == []


async def test_a_moved_address_makes_links_to_the_former_one_void(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory, post: Post
) -> None:
    omar = await directory.brings(OKTA_USER)
    asked = {"email": "omar.haddad@example.com", "tenant": organisation.profile.slug}
    await client.post("/auth/password/forgotten", json=asked)
    token = await post.token()

    moved = await directory.patches(
        omar["id"], [{"op": "replace", "value": {"userName": "omar@new.example"}}]
    )
    late = await client.post("/auth/password/reset", json={"token": token, "password": NEW})

    assert moved.json()["emails"][0]["value"] == "omar@new.example"
    assert late.status_code == 401


async def test_who_is_removed_is_found_no_more_and_comes_back_without_roles(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory
) -> None:
    vera = await organisation.employs("vera", "admin")
    headers = await bearer(client, organisation, "vera")
    path = f"/Users/{vera.id}"

    removed = await directory.ask("DELETE", path)
    after = [
        await directory.told("GET", path),
        await directory.told("PATCH", path, {"Operations": LET_IN}),
        await directory.told("DELETE", path),
    ]
    found = await directory.found('userName eq "vera@example.com"')
    back = await directory.brings(ENTRA_USER, userName="vera@example.com", emails=[])

    assert (removed.status_code, removed.content) == (204, b"")
    assert after == ["404 SCIM_RESOURCE_NOT_FOUND"] * 3
    assert found == []
    assert (await client.get("/auth/me", headers=headers)).status_code == 401
    assert (back["id"], back["groups"], back["active"]) == (str(vera.id), [], True)


async def test_nobody_is_there_twice(organisation: Organisation, directory: Directory) -> None:
    await organisation.employs("vera", "viewer")
    omar = await directory.brings(OKTA_USER)
    taken = [
        {**ENTRA_USER, "userName": "OMAR.haddad@example.com"},
        {**ENTRA_USER, "externalId": OKTA_USER["externalId"]},
        {**ENTRA_USER, "userName": "vera@example.com"},
        {**ENTRA_USER, "emails": [{"value": "Vera@Example.com"}]},
    ]

    told = {await directory.told("POST", "/Users", document) for document in taken}
    path = f"/Users/{omar['id']}"
    moved = await directory.told("PUT", path, {**OKTA_USER, "emails": taken[3]["emails"]})

    assert told == {"409 uniqueness"}
    assert moved == "409 uniqueness"


REFUSED: list[tuple[str, str, object, str]] = [
    ("GET", '/Users?filter=userName co "a"', None, "400 invalidFilter"),
    ("GET", "/Users?startIndex=first", None, "400 invalidValue"),
    ("GET", "/Users/42", None, "404 SCIM_RESOURCE_NOT_FOUND"),
    ("GET", "/Schemas/nothing", None, "404 SCIM_RESOURCE_NOT_FOUND"),
    ("GET", "/Bulk", None, "404 ROUTE_NOT_FOUND"),
    ("PUT", "/Users", {}, "405 METHOD_NOT_ALLOWED"),
    ("POST", "/Users", {}, "400 invalidValue"),
    ("POST", "/Users", [], "400 invalidValue"),
    ("POST", "/Users", {"userName": "vera"}, "400 invalidValue"),
    ("POST", "/Users", {**OKTA_USER, "locale": "martian"}, "400 invalidValue"),
    ("POST", "/Users", {**OKTA_USER, "timezone": "Mars/Olympus"}, "400 invalidValue"),
    ("POST", "/Users", {**OKTA_USER, "name": "Omar"}, "400 invalidSyntax"),
    ("PATCH", f"/Users/{uuid4()}", {"Operations": []}, "400 invalidSyntax"),
    ("PATCH", f"/Users/{uuid4()}", {"Operations": LET_GO}, "404 SCIM_RESOURCE_NOT_FOUND"),
]


async def test_what_cannot_be_understood_is_said_as_scim_says_it(directory: Directory) -> None:
    told = [await directory.told(method, path, body) for method, path, body, _ in REFUSED]

    assert told == [word for *_, word in REFUSED]


async def test_a_version_that_was_not_read_is_not_changed(directory: Directory) -> None:
    vera = await directory.brings(ENTRA_USER)
    path, version = f"/Users/{vera['id']}", vera["meta"]["version"]
    again = await directory.ask("GET", path, **{"If-None-Match": version})
    changed = await directory.patches(vera["id"], LET_GO, **{"If-Match": version})
    stale = await directory.patches(vera["id"], LET_IN, **{"If-Match": version})
    stale_put = await directory.told("PUT", path, ENTRA_USER, **{"If-Match": version})
    stale_delete = await directory.told("DELETE", path, **{"If-Match": version})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", version)
    assert changed.headers["ETag"] == changed.json()["meta"]["version"] != version
    assert said(stale) == stale_put == stale_delete == "412 VERSION_MISMATCH"
    current = changed.headers["ETag"].removeprefix("W/")
    assert await directory.told("DELETE", path, **{"If-Match": current}) == "204"


async def test_lists_are_filtered_paged_and_cut(directory: Directory) -> None:
    for number in range(3):
        user = f"user{number}@example.com"
        await directory.brings(
            {}, userName=user, externalId=f"e{number}", active=number != 1, title="Clerk"
        )

    page = await directory.ask("GET", "/Users?startIndex=2&count=2&attributes=userName")
    counted = await directory.ask("GET", "/Users?count=0&startIndex=-7")
    inactive = await directory.found("active eq FALSE")
    by_address = await directory.found('emails[type eq "work"].value eq "User2@example.com"')
    nobody = await directory.found('externalId eq "e1" and active eq true')
    cut = await directory.ask("GET", "/Users?excludedAttributes=emails.type,meta,groups,id")

    assert page.json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 4,
        "startIndex": 2,
        "itemsPerPage": 2,
        "Resources": [
            {"schemas": ENTRA_USER["schemas"][:1], "id": one["id"], "userName": one["userName"]}
            for one in (await directory.found("", startIndex=2, count=2))
        ],
    }
    assert counted.json()["totalResults"] == 4
    assert (counted.json()["Resources"], counted.json()["startIndex"]) == ([], 1)
    assert [one["externalId"] for one in inactive] == ["e1"]
    assert [one["externalId"] for one in by_address] == ["e2"]
    assert nobody == []
    assert all("id" in one and "meta" not in one for one in cut.json()["Resources"])
    assert cut.json()["Resources"][0]["emails"] == [{"value": "owner@example.com", "primary": True}]


async def test_the_audit_log_names_the_key(
    organisation: Organisation, directory: Directory
) -> None:
    vera = await directory.brings(ENTRA_USER)
    await directory.patches(vera["id"], LET_GO)
    await directory.ask("DELETE", f"/Users/{vera['id']}")
    async with organisation.database.read(organisation.profile.id) as connection:
        rows = await connection.fetch(
            "SELECT actor, actor_kind, action FROM core.audit_log WHERE target_id = $1 ORDER BY id",
            vera["id"],
        )

    assert {(row["actor"], row["actor_kind"]) for row in rows} == {(directory.key_id, "api_key")}
    assert [row["action"].removeprefix("identity.user_") for row in rows] == [
        *("create", "provision", "deactivate", "provision", "remove"),
    ]


async def test_a_directory_learns_what_is_spoken_here(directory: Directory) -> None:
    config = (await directory.ask("GET", "/ServiceProviderConfig")).json()
    types = (await directory.ask("GET", "/ResourceTypes")).json()
    schemas = (await directory.ask("GET", "/Schemas")).json()
    user = (await directory.ask("GET", f"/Schemas/{ENTRA_USER['schemas'][0]}")).json()
    vera = await directory.brings(ENTRA_USER, timezone="Europe/Stockholm", locale="sv")

    supported = {name for name in CAPABILITIES if config[name]["supported"]}
    assert supported == {"patch", "filter", "etag"}
    for kind in types["Resources"]:
        assert await directory.told("GET", f"/ResourceTypes/{kind['id']}") == "200"
        assert await directory.told("GET", kind["endpoint"]) == "200"
    assert user in schemas["Resources"]
    described = {one["name"] for one in user["attributes"]}
    assert set(vera) - {"schemas", "id", "meta"} == described
