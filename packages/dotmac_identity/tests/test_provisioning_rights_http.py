"""What a directory must not do, and a key that is no directory's."""

from __future__ import annotations

from typing import Any

import httpx

from dotmac_identity import EntitlementService
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.directories import (
    ENTRA_USER,
    LET_GO,
    LET_IN,
    OKTA_USER,
    Directory,
    said,
)


async def test_a_directory_gives_nobody_more_than_its_key_holds(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory
) -> None:
    vera = await organisation.employs("vera", "admin")
    to_me = [{"op": "replace", "path": "userName", "value": "mallory@example.com"}]
    wide = await Directory.of(client, organisation, "*")

    stolen = await directory.patches(vera.id, to_me)
    away = await directory.patches(vera.id, LET_GO)
    back = await directory.patches(vera.id, LET_IN)
    back_by_right = await wide.patches(vera.id, LET_IN)

    assert said(stolen) == "403 GRANT_TOO_WIDE"
    assert (said(away), said(back), said(back_by_right)) == ("200", "403 GRANT_TOO_WIDE", "200")


async def test_no_directory_touches_an_owner_whatever_its_key_holds(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    directory = await Directory.of(client, organisation, "*")
    await organisation.employs("second", "owner")
    [owner] = await directory.found('userName eq "second@example.com"')
    moved = [{"op": "add", "path": "emails", "value": [{"value": "m@x.example", "primary": True}]}]

    told = [
        said(await directory.patches(owner["id"], LET_GO)),
        said(await directory.patches(owner["id"], moved)),
        await directory.told("DELETE", f"/Users/{owner['id']}"),
    ]
    linked = await directory.patches(
        owner["id"], [{"op": "add", "path": "externalId", "value": "7"}]
    )

    assert told == ["403 OWNER_NOT_PROVISIONED"] * 3
    assert (linked.json()["externalId"], linked.json()["active"]) == ("7", True)


async def test_nobody_provisions_without_the_scope(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory
) -> None:
    vera = await organisation.employs("vera", "viewer")
    other = await Directory.of(client, organisation, "users:read", "users:write")
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/Users", None),
        ("POST", "/Users", ENTRA_USER),
        ("GET", f"/Users/{vera.id}", None),
        ("PUT", f"/Users/{vera.id}", ENTRA_USER),
        ("PATCH", f"/Users/{vera.id}", {"Operations": LET_GO}),
        ("DELETE", f"/Users/{vera.id}", None),
        ("GET", "/ServiceProviderConfig", None),
        ("GET", "/Schemas", None),
        ("GET", "/ResourceTypes", None),
    ]

    told = {await other.told(*call) for call in calls}
    stranger = await client.get("/scim/v2/Users", headers={"Authorization": "Bearer dmk_x"})
    nobody = await client.get("/scim/v2/Users")

    assert told == {"403 PERMISSION_DENIED"}
    assert said(stranger) == "401 INVALID_API_KEY"
    assert said(nobody) == "401 AUTHENTICATION_REQUIRED"
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert await directory.told("GET", f"/Users/{vera.id}") == "200"


async def test_another_tenants_directory_finds_nobody_and_changes_nobody(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory
) -> None:
    vera = await directory.brings(ENTRA_USER)
    elsewhere = await Organisation.founded(organisation.database, organisation.passwords)
    other = await Directory.of(client, elsewhere, "*")
    path = f"/Users/{vera['id']}"

    found = await other.found(f'externalId eq "{ENTRA_USER["externalId"]}"')
    told = [
        await other.told("GET", path),
        await other.told("PUT", path, ENTRA_USER),
        await other.told("PATCH", path, {"Operations": LET_GO}),
        await other.told("DELETE", path),
    ]
    same_name = await other.brings(ENTRA_USER)

    assert found == []
    assert told == ["404 SCIM_RESOURCE_NOT_FOUND"] * 4
    assert same_name["id"] != vera["id"]
    assert (await directory.ask("GET", path)).json() == vera


async def test_a_plan_that_is_full_takes_nobody_more(
    organisation: Organisation, directory: Directory
) -> None:
    async with organisation.database.transaction(organisation.profile.id) as session:
        await EntitlementService.within(session).grant("STARTER", {"tier": "starter", "users": 2})
    vera = await directory.brings(ENTRA_USER)

    full = await directory.told("POST", "/Users", OKTA_USER)
    await directory.patches(vera["id"], LET_GO)
    fits = await directory.told("POST", "/Users", OKTA_USER)
    back = await directory.patches(vera["id"], LET_IN)

    assert (full, fits, said(back)) == ("403 LIMIT_REACHED", "201", "403 LIMIT_REACHED")
