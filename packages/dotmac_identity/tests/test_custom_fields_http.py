from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_api_gateway.testing import SignedIn, signed_in_clients
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import FieldEntity, Module
from dotmac_core_ops.testing import Tenant
from dotmac_identity import custom_fields_of, module

LEVEL = {
    "entity": "device",
    "key": "level",
    "label": "Level",
    "type": "choice",
    "options": ["gold", "silver"],
    "default": "silver",
}
PLACE = {"entity": "device", "key": "place", "label": "Place", "type": "text"}


async def device_in_use(_: AsyncSession, key: str) -> bool:
    return key == "serial"


DEVICES = Module(
    "devices",
    routers=module.routers,
    permissions=module.permissions,
    field_entities=(FieldEntity("device", "Boxes in the field.", device_in_use),),
)


@pytest.fixture
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    async with signed_in_clients(database, DEVICES) as clients:
        yield clients


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def defined(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/custom-fields", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_an_administrator_adds_a_field_and_everybody_sees_it(
    signed_in: SignedIn, tenant: Tenant, database: Database
) -> None:
    made = await defined(signed_in(tenant), LEVEL)

    clerk = signed_in(tenant, "custom_fields:read")
    listed = (await clerk.get("/custom-fields", params={"entity": "device"})).json()["data"]
    entities = (await clerk.get("/custom-fields/entities")).json()["data"]

    assert listed == [made]
    assert made["default"] == "silver"
    assert entities == [{"name": "device", "description": "Boxes in the field."}]
    async with database.transaction(tenant.id) as session:
        (field,) = await custom_fields_of(session, "device")
        audited = await session.scalar(
            text("SELECT after->>'label' FROM core.audit_log WHERE action = :action"),
            {"action": "identity.custom_field_define"},
        )
    assert field.options == ("gold", "silver")
    assert audited == "Level"


async def test_a_clerk_cannot_add_or_change_a_field(signed_in: SignedIn, tenant: Tenant) -> None:
    made = await defined(signed_in(tenant), LEVEL)
    clerk = signed_in(tenant, "custom_fields:read")
    address = f"/custom-fields/{made['id']}"

    answers = [
        await clerk.post("/custom-fields", json=PLACE),
        await clerk.patch(address, json={"label": "X"}, headers={"If-Match": "*"}),
        await clerk.post(f"{address}/archive"),
        await clerk.put("/custom-fields/order", json={"entity": "device", "field_ids": []}),
    ]

    assert {code(answer) for answer in answers} == {"403 PERMISSION_DENIED"}


async def test_another_tenant_neither_sees_nor_changes_it(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    made = await defined(signed_in(tenant), LEVEL)
    stranger = signed_in(second_tenant)
    address = f"/custom-fields/{made['id']}"

    assert (await stranger.get("/custom-fields")).json()["data"] == []
    assert code(await stranger.get(address)) == "404 CUSTOM_FIELD_NOT_FOUND"
    changed = await stranger.patch(address, json={"label": "X"}, headers={"If-Match": "*"})
    assert code(changed) == "404 CUSTOM_FIELD_NOT_FOUND"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"entity": "moon"}, "422 UNKNOWN_ENTITY"),
        ({"key": "Not A Key"}, "422 INVALID_FIELD_DEFINITION"),
        ({"type": "choice", "options": []}, "422 INVALID_FIELD_DEFINITION"),
        ({"options": ["a", "a"]}, "422 INVALID_FIELD_DEFINITION"),
        ({"default": "tin"}, "422 INVALID_FIELD_DEFINITION"),
        ({"minimum": "1"}, "422 INVALID_FIELD_DEFINITION"),
        ({"type": "text", "options": [], "pattern": "(?=a)"}, "422 INVALID_FIELD_DEFINITION"),
        ({"type": "date", "options": [], "minimum": "soon"}, "422 INVALID_FIELD_DEFINITION"),
        (
            {"type": "integer", "options": [], "default": 1, "minimum": "9", "maximum": "1"},
            "422 INVALID_FIELD_DEFINITION",
        ),
        ({"tenant_id": "0" * 32}, "422 VALIDATION_FAILED"),
    ],
)
async def test_a_definition_that_makes_no_sense_is_refused(
    signed_in: SignedIn, tenant: Tenant, change: dict[str, Any], expected: str
) -> None:
    answer = await signed_in(tenant).post("/custom-fields", json={**LEVEL, **change})

    assert code(answer) == expected


async def test_a_key_is_given_once(signed_in: SignedIn, tenant: Tenant) -> None:
    client = signed_in(tenant)
    await defined(client, LEVEL)

    assert code(await client.post("/custom-fields", json=LEVEL)) == "409 FIELD_KEY_TAKEN"


async def test_the_type_stays_once_there_are_values(signed_in: SignedIn, tenant: Tenant) -> None:
    client = signed_in(tenant)
    serial = await defined(client, {**PLACE, "key": "serial"})
    place = await defined(client, PLACE)

    async def change(field: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
        headers = {"If-Match": f'"{field["version"]}"'}
        return await client.patch(f"/custom-fields/{field['id']}", json=body, headers=headers)

    assert code(await change(serial, {"type": "integer"})) == "409 FIELD_IN_USE"
    assert (await change(serial, {"label": "Serial number"})).json()["data"]["version"] == 2
    assert (await change(place, {"type": "integer"})).json()["data"]["type"] == "integer"
    assert code(await change(place, {"label": "Again"})) == "412 VERSION_MISMATCH"


async def test_an_archived_field_is_asked_for_no_more_and_can_come_back(
    signed_in: SignedIn, tenant: Tenant
) -> None:
    client = signed_in(tenant)
    made = await defined(client, LEVEL)

    async def keys(**params: object) -> list[str]:
        listed = await client.get("/custom-fields", params={"entity": "device", **params})  # type: ignore[dict-item] # httpx takes what has a text
        return [field["key"] for field in listed.json()["data"]]

    await client.post(f"/custom-fields/{made['id']}/archive")
    assert (await keys(), await keys(archived=True)) == ([], ["level"])
    await client.post(f"/custom-fields/{made['id']}/restore")
    assert await keys() == ["level"]


async def test_fields_are_put_in_order(signed_in: SignedIn, tenant: Tenant) -> None:
    client = signed_in(tenant)
    ids = [(await defined(client, body))["id"] for body in (LEVEL, PLACE)]
    order: Callable[[list[str]], Any] = lambda wanted: client.put(  # noqa: E731 (one line, twice)
        "/custom-fields/order", json={"entity": "device", "field_ids": wanted}
    )

    turned = await order(ids[::-1])

    assert [field["key"] for field in turned.json()["data"]] == ["place", "level"]
    assert code(await order(ids[:1])) == "422 FIELD_ORDER_INCOMPLETE"
    assert code(await order([ids[0], ids[0]])) == "422 FIELD_ORDER_INCOMPLETE"
