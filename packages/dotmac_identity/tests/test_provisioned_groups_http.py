"""Roles given and taken by a directory, to which they are groups."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from dotmac_core_ops.errors import DomainError
from dotmac_identity.provisioned_groups.membership import members_after
from dotmac_identity.provisioning.errors import (
    InvalidScimPathError,
    InvalidScimValueError,
    NoPatchTargetError,
    ReadOnlyAttributeError,
)
from dotmac_identity.provisioning.patching import operations_of
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.directories import Directory, said
from packages.dotmac_identity.tests.front_desk import bearer

ANN, BO, CIM = uuid4(), uuid4(), uuid4()


async def group(directory: Directory, name: str) -> dict[str, Any]:
    answer = await directory.ask("GET", f'/Groups?filter=displayName eq "{name}"')
    [found] = answer.json()["Resources"]
    listed: dict[str, Any] = found
    return listed


async def change(
    directory: Directory, found: dict[str, Any], *operations: dict[str, Any], **headers: str
) -> httpx.Response:
    message = {"Operations": list(operations)}
    return await directory.ask("PATCH", f"/Groups/{found['id']}", message, **headers)


def add(*users: object) -> dict[str, Any]:
    return {"op": "Add", "path": "members", "value": [{"value": str(one)} for one in users]}


def members(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {member["value"] for member in answer.json()["members"]}


async def test_a_directory_gives_and_takes_roles_as_groups(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    directory = await Directory.of(client, organisation, "*")
    vera = await organisation.employs("vera", "billing")
    omar = await organisation.employs("omar")
    headers = await bearer(client, organisation, "vera")
    viewers = await group(directory, "VIEWER")

    given = await change(directory, viewers, add(vera.id, omar.id))
    rights = (await client.get("/auth/me", headers=headers)).json()["data"]["permissions"]
    stale = await change(directory, viewers, add(), **{"If-Match": viewers["meta"]["version"]})
    of_vera = await directory.ask("GET", f'/Groups?filter=members eq "{vera.id}"')
    taken = await change(
        directory, viewers, {"op": "remove", "path": f'members[value eq "{vera.id}"]'}
    )
    rights_after = (await client.get("/auth/me", headers=headers)).json()["data"]["permissions"]
    replaced = await directory.ask(
        "PUT",
        f"/Groups/{viewers['id']}",
        {"displayName": "viewer", "members": [{"value": str(vera.id)}]},
    )
    async with organisation.database.read(organisation.profile.id) as connection:
        noted = await connection.fetch(
            "SELECT actor, after FROM core.audit_log WHERE action = 'identity.role_members_set'"
        )

    assert members(given) == {str(vera.id), str(omar.id)}
    assert given.headers["ETag"] == given.json()["meta"]["version"]
    assert "users:read" in rights
    assert said(stale) == "412 VERSION_MISMATCH"
    assert [one["displayName"] for one in of_vera.json()["Resources"]] == ["billing", "viewer"]
    assert members(taken) == {str(omar.id)}
    assert "users:read" not in rights_after
    assert members(replaced) == {str(vera.id)}
    assert {row["actor"] for row in noted} == {directory.key_id}
    assert len(noted) == 3


async def test_no_role_is_given_that_allows_more_than_the_key(
    client: httpx.AsyncClient, organisation: Organisation, directory: Directory
) -> None:
    vera = await organisation.employs("vera", "viewer")
    wide = await Directory.of(client, organisation, "*")
    elsewhere = await Organisation.founded(organisation.database, organisation.passwords)
    other = await Directory.of(client, elsewhere, "*")
    admins, owners = await group(directory, "admin"), await group(directory, "owner")
    viewers = await group(directory, "viewer")
    strangers = await group(other, "viewer")

    assert said(await change(directory, admins, add(vera.id))) == "403 GRANT_TOO_WIDE"
    emptied = {"op": "remove", "path": "members"}
    assert said(await change(directory, viewers, emptied)) == "403 GRANT_TOO_WIDE"
    assert said(await change(wide, owners, add(vera.id))) == "403 OWNER_NOT_PROVISIONED"
    assert said(await change(wide, owners, emptied)) == "403 OWNER_NOT_PROVISIONED"
    assert said(await change(wide, strangers, add(vera.id))) == "404 SCIM_RESOURCE_NOT_FOUND"
    assert said(await change(other, strangers, add(vera.id))) == "400 invalidValue"
    assert said(await change(wide, viewers, add(vera.id))) == "200"
    assert await directory.told("POST", "/Groups", {}) == "405 METHOD_NOT_ALLOWED"
    assert await directory.told("DELETE", f"/Groups/{viewers['id']}") == "405 METHOD_NOT_ALLOWED"
    assert (await group(directory, "viewer"))["members"] == viewers["members"]


def after(*operations: dict[str, Any]) -> set[object]:
    done = operations_of({"Operations": list(operations)})
    return set(members_after(frozenset({ANN, BO}), done, "support"))


@pytest.mark.parametrize(
    ("operation", "left"),
    [
        (add(CIM), {ANN, BO, CIM}),
        ({"op": "add", "path": "members", "value": {"value": str(CIM)}}, {ANN, BO, CIM}),
        ({"op": "Remove", "path": f'members[value eq "{ANN}"]'}, {BO}),
        ({"op": "Remove", "path": "members", "value": [{"value": str(BO)}]}, {ANN}),
        ({"op": "remove", "path": "members"}, set()),
        ({"op": "replace", "path": "members", "value": [{"value": str(CIM)}]}, {CIM}),
        ({"op": "replace", "value": {"id": "7", "displayName": "Support"}}, {ANN, BO}),
        ({"op": "replace", "value": {"members": [{"value": str(CIM)}]}}, {CIM}),
        ({"op": "add", "path": "externalId", "value": "7"}, {ANN, BO}),
    ],
)
def test_members_are_those_that_the_operations_leave(
    operation: dict[str, Any], left: set[object]
) -> None:
    assert after(operation) == left


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        ({"op": "replace", "path": "displayName", "value": "owners"}, ReadOnlyAttributeError),
        ({"op": "remove", "path": "displayName"}, ReadOnlyAttributeError),
        ({"op": "replace", "path": "id", "value": "7"}, ReadOnlyAttributeError),
        ({"op": "add", "path": "members", "value": [{"value": "7"}]}, InvalidScimValueError),
        ({"op": "add", "path": "members", "value": [[]]}, InvalidScimValueError),
        ({"op": "add", "path": f'members[value eq "{CIM}"]'}, InvalidScimPathError),
        ({"op": "remove", "path": "members[type pr]"}, InvalidScimPathError),
        ({"op": "remove"}, NoPatchTargetError),
    ],
)
def test_what_cannot_be_done_to_a_group_is_refused(
    operation: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        after(operation)
