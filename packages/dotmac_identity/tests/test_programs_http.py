"""API keys and service accounts, as the people who make them and as those who must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from dotmac_api_gateway import create_app
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_identity import Authenticator, module
from dotmac_identity.testing import Organisation

from .test_own_roles_http import bearer, code

HOME = "203.0.113.7"


@pytest.fixture
def from_address(database: Database, settings: Settings, authenticator: Authenticator) -> Any:  # noqa: ANN401 (a factory of clients)
    """A client behind a proxy that is trusted, whose requests come from an address."""
    trusting = settings.model_copy(update={"trusted_proxies": ("10.0.0.0/8",)})
    app = create_app([module], database=database, settings=trusting, authenticate=authenticator)
    authenticator.install(app)

    def open_client(address: str, peer: str = "10.0.0.1") -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(peer, 443)),
            base_url="http://test/api/v1",
            headers={"X-Forwarded-For": address},
        )

    return open_client


async def made(
    client: httpx.AsyncClient, headers: dict[str, str], path: str = "/api-keys", **body: object
) -> dict[str, Any]:
    answer = await client.post(path, headers=headers, json={"name": "Nightly", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def by(key: dict[str, Any]) -> dict[str, str]:
    return {"X-API-Key": key["secret"]}


async def status(client: httpx.AsyncClient, key: dict[str, Any], path: str = "/users") -> int:
    return (await client.get(path, headers=by(key))).status_code


async def test_a_key_is_cut_with_the_rights_of_who_made_it(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    anna = await organisation.employs("anna", "admin")
    key = await made(client, await bearer(client, organisation, "anna"), scopes=["users:write"])
    body = {
        "email": "new@example.com",
        "name": "New",
        "password": "correct horse battery staple",
        "roles": ["viewer"],
    }

    allowed = await client.post("/users", headers=by(key), json={**body, "roles": ["nobody"]})
    await client.put(f"/users/{anna.id}/roles", headers=owner, json={"roles": ["viewer"]})
    cut = await client.post("/users", headers=by(key), json=body)
    await client.post(f"/users/{anna.id}/deactivate", headers=owner)
    ended = await client.post("/users", headers=by(key), json=body)

    assert code(allowed) == "422 UNKNOWN_ROLE"
    assert code(cut) == "403 PERMISSION_DENIED"
    assert code(ended) == "401 INVALID_API_KEY"


async def test_a_key_is_rotated_while_the_old_one_stays_good_for_some_hours(
    client: httpx.AsyncClient,
    organisation: Organisation,
    clock: FrozenClock,
    authenticator: Authenticator,
) -> None:
    owner = await bearer(client, organisation)
    old = await made(client, owner, scopes=["users:read"], networks=["127.0.0.1"])

    new = await made_by_rotation(client, owner, old, overlap_hours=2)
    both = [await status(client, old), await status(client, new)]
    clock.advance(hours=2)
    authenticator.forget(old["id"])  # it is trusted for ten seconds of real time
    later = [await status(client, old), await status(client, new)]

    assert both == [200, 200]
    assert later == [401, 200]
    assert (new["scopes"], new["networks"], new["replaces_id"]) == (
        ["users:read"],
        ["127.0.0.1/32"],
        old["id"],
    )


async def made_by_rotation(
    client: httpx.AsyncClient, headers: dict[str, str], key: dict[str, Any], **body: object
) -> dict[str, Any]:
    answer = await client.post(f"/api-keys/{key['id']}/rotate", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_rotating_does_not_lengthen_the_life_of_a_key_and_ends_with_it(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    owner = await bearer(client, organisation)
    tomorrow = (clock.now() + timedelta(hours=3)).isoformat()
    old = await made(client, owner, scopes=["users:read"], expires_at=tomorrow)

    new = await made_by_rotation(client, owner, old, overlap_hours=24)
    clock.advance(hours=3)
    gone = await client.post(f"/api-keys/{new['id']}/rotate", headers=owner, json={})

    assert [await status(client, old), await status(client, new)] == [401, 401]
    assert code(gone) in {"409 API_KEY_ENDED", "401 ACCESS_TOKEN_EXPIRED"}


async def test_nobody_gets_at_rights_by_rotating_the_key_of_somebody_who_may_more(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    strong = await made(client, owner, scopes=["*"])
    keeper = {"name": "keeper", "permissions": ["api_keys:write", "api_keys:read"]}
    await client.post("/roles", headers=owner, json=keeper)
    await organisation.employs("kim", "keeper")
    kim = await bearer(client, organisation, "kim")

    rotated = await client.post(f"/api-keys/{strong['id']}/rotate", headers=kim, json={})
    wider = await client.post(
        "/api-keys", headers=kim, json={"name": "x", "scopes": ["users:write"]}
    )
    owned = await client.post(
        "/api-keys",
        headers=kim,
        json={"name": "x", "scopes": ["api_keys:read"], "user_id": str(strong["user_id"])},
    )

    assert code(rotated) == "403 GRANT_TOO_WIDE"
    assert code(wider) == "403 GRANT_TOO_WIDE"
    assert code(owned) == "422 VALIDATION_FAILED"


async def test_a_key_is_good_from_its_networks_only(
    organisation: Organisation,
    from_address: Any,  # noqa: ANN401 (see there)
) -> None:
    async with from_address(HOME) as home:
        owner = await bearer(home, organisation)
        key = await made(home, owner, scopes=["users:read"], networks=["203.0.113.0/24"])
        at_home = await home.get("/users", headers=by(key))
    async with from_address("198.51.100.1") as elsewhere:
        refused = await elsewhere.get("/users", headers=by(key))
    async with from_address(HOME, peer="198.51.100.1") as liar:
        forged = await liar.get("/users", headers=by(key))
    async with from_address("198.51.100.1, 203.0.113.9") as behind:
        nearest = await behind.get("/users", headers=by(key))

    assert at_home.status_code == 200
    assert code(refused) == "401 API_KEY_ADDRESS_REFUSED"
    assert code(forged) == "401 API_KEY_ADDRESS_REFUSED"
    assert nearest.status_code == 200


@pytest.mark.parametrize("network", ["nowhere", "203.0.113.7/24", "300.1.1.1", "10.0.0.0/99"])
async def test_what_is_no_network_is_refused(
    client: httpx.AsyncClient, organisation: Organisation, network: str
) -> None:
    owner = await bearer(client, organisation)
    body = {"name": "x", "scopes": ["users:read"], "networks": [network]}

    assert code(await client.post("/api-keys", headers=owner, json=body)) == "422 INVALID_NETWORK"


async def test_a_service_account_has_rights_of_its_own_and_several_keys(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    account = await made(client, owner, "/service-accounts", roles=["viewer"])
    path = f"/service-accounts/{account['id']}"
    whole = await made(client, owner, f"{path}/keys")
    part = await made(client, owner, f"{path}/keys", scopes=["roles:read"])

    me = (await client.get("/auth/me", headers=by(whole))).json()["data"]
    before = [await status(client, whole), await status(client, part)]
    await client.put(f"{path}/roles", headers=owner, json={"roles": ["billing"]})
    cut = [await status(client, whole), await status(client, part, "/roles")]
    await client.put(f"{path}/roles", headers=owner, json={"roles": ["viewer"]})
    await client.post(f"{path}/deactivate", headers=owner)
    ended = [await status(client, whole), await status(client, part)]
    await client.post(f"{path}/activate", headers=owner)

    assert (me["kind"], me["name"], me["subject"]) == ("service", "Nightly", account["id"])
    assert before == [200, 403]
    assert cut == [403, 403]
    assert ended == [401, 401]
    assert await status(client, whole) == 200
    assert len((await client.get(f"{path}/keys", headers=owner)).json()["data"]) == 2


async def test_a_key_of_a_service_account_outlives_who_made_it_and_is_rotated_by_others(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    anna = await organisation.employs("anna", "admin")
    headers = await bearer(client, organisation, "anna")
    account = await made(client, headers, "/service-accounts", roles=["viewer"])
    key = await made(client, headers, f"/service-accounts/{account['id']}/keys")
    await client.post(f"/users/{anna.id}/deactivate", headers=owner)

    alive = await status(client, key)
    rotated = await made_by_rotation(client, owner, key, overlap_hours=0)

    assert alive == 200
    assert [await status(client, key), await status(client, rotated)] == [401, 200]
    assert rotated["service_account_id"] == account["id"]


async def test_nobody_has_a_hand_in_a_service_account_that_may_more(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    account = await made(client, owner, "/service-accounts", roles=["admin"])
    path = f"/service-accounts/{account['id']}"
    permissions = ["service_accounts:read", "service_accounts:write"]
    await client.post("/roles", headers=owner, json={"name": "ops", "permissions": permissions})
    await organisation.employs("olle", "ops")
    olle = await bearer(client, organisation, "olle")

    tries = [
        await client.post(f"{path}/keys", headers=olle, json={"name": "mine"}),
        await client.post(f"{path}/deactivate", headers=olle),
        await client.put(f"{path}/roles", headers=olle, json={"roles": ["ops"]}),
        await client.patch(path, headers={**olle, "If-Match": "*"}, json={"name": "x"}),
        await client.post(
            "/service-accounts", headers=olle, json={"name": "y", "roles": ["admin"]}
        ),
    ]
    own = await client.post("/service-accounts", headers=olle, json={"name": "z", "roles": ["ops"]})

    assert {code(answer) for answer in tries} == {"403 GRANT_TOO_WIDE"}
    assert own.status_code == 201


async def test_service_accounts_have_names_of_their_own_and_versions(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    account = await made(client, owner, "/service-accounts", roles=[])
    path = f"/service-accounts/{account['id']}"

    twice = await client.post(
        "/service-accounts", headers=owner, json={"name": "Nightly", "roles": []}
    )
    stale = await client.patch(path, headers={**owner, "If-Match": '"9"'}, json={"name": "x"})
    renamed = await client.patch(path, headers={**owner, "If-Match": '"1"'}, json={"name": "x"})
    listed = (await client.get("/service-accounts", headers=owner)).json()["data"]

    assert code(twice) == "409 SERVICE_ACCOUNT_NAME_TAKEN"
    assert code(stale) == "412 VERSION_MISMATCH"
    assert renamed.headers["etag"] == '"2"'
    assert [one["name"] for one in listed] == ["x"]


async def test_who_may_not_manage_programs_sees_them_at_most(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    await organisation.employs("vera", "viewer")
    vera = await bearer(client, organisation, "vera")
    body = {"name": "x", "roles": []}

    assert (await client.get("/service-accounts", headers=vera)).status_code == 200
    refused = await client.post("/service-accounts", headers=vera, json=body)
    assert code(refused) == "403 PERMISSION_DENIED"
