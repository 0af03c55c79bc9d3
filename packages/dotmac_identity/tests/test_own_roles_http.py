from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_identity.testing import PASSWORD, Organisation

HR = {"name": "hr", "permissions": ["users:read", "users:write", "roles:read", "roles:write"]}


async def bearer(
    client: httpx.AsyncClient, organisation: Organisation, name: str = "owner"
) -> dict[str, str]:
    answer = await client.post(
        "/auth/sign-in",
        json={
            "email": f"{name}@example.com",
            "password": PASSWORD,
            "tenant": organisation.profile.slug,
        },
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def role(
    client: httpx.AsyncClient, headers: dict[str, str], **values: object
) -> dict[str, Any]:
    answer = await client.post("/roles", headers=headers, json={**HR, **values})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


async def permissions(client: httpx.AsyncClient, headers: dict[str, str]) -> list[str]:
    answer = await client.get("/auth/me", headers=headers)
    found: list[str] = answer.json()["data"]["permissions"]
    return found


async def test_a_role_is_made_given_changed_and_holds_at_once(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    made = await role(client, owner)
    await organisation.employs("hanna", "hr")
    hanna = await bearer(client, organisation, "hanna")
    before = await permissions(client, hanna)

    stale = await client.patch(
        f"/roles/{made['id']}",
        headers={**owner, "If-Match": '"7"'},
        json={"permissions": ["users:read"]},
    )
    changed = await client.patch(
        f"/roles/{made['id']}",
        headers={**owner, "If-Match": '"1"'},
        json={"permissions": ["users:read"], "description": "Looks"},
    )

    assert before == sorted(HR["permissions"])
    assert code(stale) == "412 VERSION_MISMATCH"
    assert changed.headers["etag"] == '"2"'
    assert await permissions(client, hanna) == ["users:read"]


async def test_a_role_in_use_is_deleted_only_with_a_replacement(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    made = await role(client, owner)
    hanna = await organisation.employs("hanna", "hr")

    used = await client.delete(f"/roles/{made['id']}", headers=owner)
    deleted = await client.delete(f"/roles/{made['id']}?replacement=viewer", headers=owner)
    after = await client.get(f"/users/{hanna.id}", headers=owner)

    assert code(used) == "409 ROLE_IN_USE"
    assert deleted.status_code == 200
    assert after.json()["data"]["roles"] == ["viewer"]


async def test_a_replacement_that_somebody_has_already_is_not_given_twice(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    made = await role(client, owner)
    hanna = await organisation.employs("hanna", "hr", "viewer")

    deleted = await client.delete(f"/roles/{made['id']}?replacement=viewer", headers=owner)

    after = await client.get(f"/users/{hanna.id}", headers=owner)
    assert deleted.status_code == 200
    assert after.json()["data"]["roles"] == ["viewer"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"name": "hr", "permissions": ["users:fly"]}, "422 UNKNOWN_PERMISSION"),
        ({"name": "hr", "permissions": ["*"]}, "422 UNKNOWN_PERMISSION"),
        ({"name": "viewer", "permissions": []}, "409 ROLE_NAME_TAKEN"),
        ({"name": "Human Resources", "permissions": []}, "422 VALIDATION_FAILED"),
        ({"name": "hr", "permissions": [], "is_system": True}, "422 VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_role_is_refused(
    client: httpx.AsyncClient,
    organisation: Organisation,
    body: dict[str, object],
    refusal: str,
) -> None:
    owner = await bearer(client, organisation)

    assert code(await client.post("/roles", headers=owner, json=body)) == refusal


async def test_system_roles_stay_as_they_are(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    roles = (await client.get("/roles", headers=owner)).json()["data"]
    viewer = next(one["id"] for one in roles if one["name"] == "viewer")

    changed = await client.patch(
        f"/roles/{viewer}", headers={**owner, "If-Match": "*"}, json={"permissions": []}
    )
    deleted = await client.delete(f"/roles/{viewer}", headers=owner)

    assert code(changed) == "409 SYSTEM_ROLE"
    assert code(deleted) == "409 SYSTEM_ROLE"


async def test_nobody_widens_what_they_may_by_editing_roles(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    own = await role(client, owner)
    strong = await role(client, owner, name="keys", permissions=["api_keys:write"])
    await organisation.employs("hanna", "hr")
    hanna = await bearer(client, organisation, "hanna")
    match = {**hanna, "If-Match": "*"}

    tries = {
        "adds to the own role": client.patch(
            f"/roles/{own['id']}",
            headers=match,
            json={"permissions": [*HR["permissions"], "api_keys:write"]},
        ),
        "makes a wider role": client.post(
            "/roles", headers=hanna, json={"name": "wide", "permissions": ["api_keys:write"]}
        ),
        "strips a stronger role": client.patch(
            f"/roles/{strong['id']}", headers=match, json={"permissions": []}
        ),
        "deletes a stronger role": client.delete(f"/roles/{strong['id']}", headers=hanna),
        "replaces the own role by owner": client.delete(
            f"/roles/{own['id']}?replacement=owner", headers=hanna
        ),
    }
    answers = {name: code(await attempt) for name, attempt in tries.items()}

    assert set(answers.values()) == {"403 GRANT_TOO_WIDE"}
    assert await permissions(client, hanna) == sorted(HR["permissions"])


async def test_who_may_not_write_roles_only_reads_them(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    await organisation.employs("vera", "viewer")
    vera = await bearer(client, organisation, "vera")

    assert (await client.get("/roles", headers=vera)).status_code == 200
    assert code(await client.post("/roles", headers=vera, json=HR)) == "403 PERMISSION_DENIED"


async def test_a_role_for_a_part_opens_nothing_that_knows_no_parts(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    hanna = await organisation.employs("hanna", "viewer")
    headers = await bearer(client, organisation, "hanna")
    made = await role(client, owner)
    await client.put(f"/users/{hanna.id}/roles", headers=owner, json={"roles": ["billing"]})
    part = {"role": made["name"], "scope_kind": "customer_group", "scope_id": str(uuid4())}

    given = await client.post(f"/users/{hanna.id}/scoped-roles", headers=owner, json=part)
    again = await client.post(f"/users/{hanna.id}/scoped-roles", headers=owner, json=part)
    listed = await client.get("/users", headers=headers)
    shown = await client.get(f"/users/{hanna.id}", headers=owner)
    taken = await client.delete(
        f"/users/{hanna.id}/scoped-roles/{given.json()['data']['id']}", headers=owner
    )
    after = await client.get("/users", headers=headers)

    assert given.status_code == 201
    assert code(again) == "409 ALREADY_ASSIGNED"
    assert code(listed) == "403 SCOPE_NOT_SUPPORTED"
    assert shown.json()["data"]["roles"] == ["billing"]
    assert taken.json()["data"] == []
    assert code(after) == "403 PERMISSION_DENIED"


async def test_what_is_held_everywhere_goes_before_what_is_held_in_a_part(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    hanna = await organisation.employs("hanna", "viewer")
    part = {"role": "support", "scope_kind": "reseller", "scope_id": str(uuid4())}
    await client.post(f"/users/{hanna.id}/scoped-roles", headers=owner, json=part)

    headers = await bearer(client, organisation, "hanna")

    assert (await client.get("/users", headers=headers)).status_code == 200


async def test_ownership_is_not_given_for_a_part(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    hanna = await organisation.employs("hanna", "viewer")
    part = {"role": "owner", "scope_kind": "site", "scope_id": str(uuid4())}

    refused = await client.post(f"/users/{hanna.id}/scoped-roles", headers=owner, json=part)

    assert code(refused) == "422 ROLE_NOT_SCOPABLE"


async def test_who_holds_something_in_a_part_cannot_pass_it_on(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    hanna = await organisation.employs("hanna", "viewer")
    await role(client, owner)
    await role(client, owner, name="giver", permissions=["users:write"])
    await client.put(f"/users/{hanna.id}/roles", headers=owner, json={"roles": ["giver"]})
    part = {"role": "hr", "scope_kind": "site", "scope_id": str(uuid4())}
    await client.post(f"/users/{hanna.id}/scoped-roles", headers=owner, json=part)
    headers = await bearer(client, organisation, "hanna")

    passed_on = await client.post(f"/users/{hanna.id}/scoped-roles", headers=headers, json=part)
    forged = await client.post(
        f"/users/{hanna.id}/scoped-roles", headers=headers, json={**part, "scope_kind": "all"}
    )

    assert code(passed_on) == "403 GRANT_TOO_WIDE"
    assert code(forged) == "422 VALIDATION_FAILED"


async def test_roles_of_another_tenant_cannot_be_touched(
    client: httpx.AsyncClient, organisation: Organisation, database: Database, settings: Settings
) -> None:
    del settings
    other = await Organisation.founded(database, organisation.passwords)
    made = await role(client, await bearer(client, other))

    owner = await bearer(client, organisation)
    changed = await client.patch(
        f"/roles/{made['id']}", headers={**owner, "If-Match": "*"}, json={"description": "x"}
    )

    assert code(changed) == "404 ROLE_NOT_FOUND"


async def test_what_is_done_to_roles_is_in_the_audit_log(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    made = await role(client, owner)
    await client.delete(f"/roles/{made['id']}", headers=owner)

    async with organisation.database.transaction(organisation.profile.id) as session:
        rows = await session.scalars(
            sa.text("SELECT action FROM core.audit_log WHERE target_id = :id ORDER BY id"),
            {"id": made["id"]},
        )
        assert rows.all() == ["identity.role_create", "identity.role_delete"]
