"""A tenant's own fields of its customers, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer, module
from dotmac_identity import (
    CustomFieldService,
    FieldDefinition,
    FieldType,
    InvalidCustomFieldsError,
    NewField,
    custom_fields_of,
    field_entities,
)
from dotmac_identity.custom_fields.errors import FieldInUseError

from .customers_over_http import code, created, names, read

PLAN = NewField("plan", "Plan", FieldType.CHOICE, options=("gold", "tin"), is_searchable=True)
SEATS = NewField("seats", "Seats", FieldType.INTEGER)


async def define(database: Database, tenant: Tenant, *fields: NewField) -> None:
    async with database.transaction(tenant.id) as session:
        service = CustomFieldService.within(session, field_entities([module]))
        for field in fields:
            await service.define("customer", field)


async def test_values_are_checked_kept_changed_and_found(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await define(database, tenant, PLAN, SEATS)
    ann = await created(client, name="Ann", custom_fields={"plan": "gold", "seats": 5})
    wrong = await client.post("/customers", json={"name": "B", "custom_fields": {"plan": "lead"}})
    by_field = await names(client, custom_field="plan:Gold")
    by_word = await names(client, q="gold")

    await client.patch(
        f"/customers/{ann['id']}",
        json={"custom_fields": {"plan": "tin", "seats": None}},
        headers={"If-Match": "*"},
    )

    assert by_field == by_word == ["Ann"]
    assert (await read(client, ann))["custom_fields"] == {"plan": "tin"}
    assert await names(client, custom_field="plan:gold") == await names(client, q="gold") == []
    assert await names(client, custom_field="plan:tin") == ["Ann"]
    assert code(wrong) == "422 INVALID_CUSTOM_FIELDS"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"field": "custom.plan", "op": "eq", "value": "gold"}, ["Ann", "Bo"]),
        ({"field": "custom.plan", "op": "ne", "value": "gold"}, ["Cia"]),
        ({"field": "custom.seats", "op": "ge", "value": 10}, ["Bo"]),
        ({"field": "custom.seats", "op": "in", "value": [5, 7]}, ["Ann"]),
        ({"field": "custom.seats", "op": "is_set", "value": False}, ["Cia"]),
        ({"not": {"field": "custom.seats", "op": "lt", "value": 10}}, ["Bo", "Cia"]),
        ({"field": "name", "op": "in", "value": ["ann", "CIA"]}, ["Ann", "Cia"]),
        ({"field": "name", "op": "begins", "value": "b"}, ["Bo"]),
        ({"field": "email", "op": "contains", "value": "@x"}, ["Ann"]),
        ({"field": "email", "op": "is_set", "value": False}, ["Bo", "Cia"]),
        ({"field": "tag", "op": "in", "value": ["vip", "none"]}, ["Cia"]),
        ({"field": "tag", "op": "ne", "value": "vip"}, ["Ann", "Bo"]),
        ({"field": "city", "value": "umeå"}, ["Bo"]),
        ({"field": "country", "op": "ne", "value": "SE"}, ["Ann", "Cia"]),
        (
            {"field": "created_at", "op": "ge", "value": "2026-11-20T00:00:00Z"},
            ["Ann", "Bo", "Cia"],
        ),
        ({"field": "activated_at", "op": "is_set", "value": True}, ["Ann", "Bo"]),
        ({"field": "state", "op": "in", "value": ["lead", "churned"]}, ["Cia"]),
        ({"field": "level", "value": "account"}, ["Ann", "Bo", "Cia"]),
        ({"field": "parent_id", "op": "is_set", "value": True}, []),
        (
            {"any": [{"field": "name", "value": "Bo"}, {"field": "tag", "value": "vip"}]},
            ["Bo", "Cia"],
        ),
    ],
)
async def test_rules_find_who_matches(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    asked: dict[str, Any],
    expected: list[str],
) -> None:
    await define(database, tenant, PLAN, SEATS)
    await created(client, name="Ann", email="a@x.se", custom_fields={"plan": "gold", "seats": 5})
    await created(
        client,
        name="Bo",
        custom_fields={"plan": "gold", "seats": 12},
        address={"line1": "Storgatan 1", "city": "Umeå", "country": "SE"},
    )
    await created(client, name="Cia", tags=["vip"], state="lead")
    made = await client.post(
        "/customers/segments", json={"name": "Asked", "kind": "rule", "rule": asked}
    )

    assert await names(client, segment_id=made.json()["data"]["id"]) == expected


async def test_a_field_that_becomes_searchable_finds_those_who_are_there(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await define(database, tenant, SEATS, PLAN)
    await created(client, name="Ann", custom_fields={"seats": 51})
    before = await client.get("/customers", params={"custom_field": "seats:51"})
    async with database.transaction(tenant.id) as session:
        service = CustomFieldService.within(session, field_entities([module]))
        [seats, _] = await service.all("customer")
        await service.change(seats.id, {"is_searchable": True}, check=lambda _: None)

    await create_worker([module], database, database.clock).drain(tenant.id)

    assert code(before) == "422 FIELD_NOT_SEARCHABLE"
    assert await names(client, custom_field="seats:51") == await names(client, q="51") == ["Ann"]


async def test_many_get_a_value_at_once_and_are_found_by_it(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await define(database, tenant, PLAN, SEATS)
    ids = [(await created(client, name=f"C{n}", custom_fields={"seats": n}))["id"] for n in (1, 2)]

    answer = await client.patch(
        "/customers/bulk",
        json={"customer_ids": ids, "fields": {"custom_fields": {"plan": "tin", "seats": None}}},
    )

    assert answer.json()["data"]["edited"] == 2
    assert await names(client, custom_field="plan:tin") == ["C1", "C2"]
    assert (await read(client, {"id": ids[0]}))["custom_fields"] == {"plan": "tin"}


async def test_another_tenants_fields_are_unknown(
    signed_in: SignedIn, second_tenant: Tenant, database: Database, tenant: Tenant
) -> None:
    await define(database, tenant, PLAN)

    refused = await signed_in(second_tenant).post(
        "/customers", json={"name": "A", "custom_fields": {"plan": "gold"}}
    )

    assert code(refused) == "422 INVALID_CUSTOM_FIELDS"


WAITS = text(
    "SELECT EXISTS (SELECT FROM pg_locks l WHERE NOT l.granted "
    "AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid)))"
)


async def keeps_waiting(holder: AsyncSession, task: asyncio.Task[Any]) -> bool:
    """Whether `task` comes to wait for a lock that `holder` has, instead of being done."""
    async with asyncio.timeout(30):
        while not task.done():
            if await holder.scalar(WAITS):
                return True
    return False


def retyped(session: AsyncSession, field: FieldDefinition) -> Coroutine[Any, Any, FieldDefinition]:
    """Makes the field another kind of field."""
    service = CustomFieldService.within(session, field_entities([module]))
    return service.change(field.id, {"type": FieldType.TEXT}, check=lambda _: None)


async def seats_of(session: AsyncSession) -> FieldDefinition:
    [field] = await custom_fields_of(session, "customer")
    return field


async def test_a_type_does_not_change_under_a_value_that_is_being_written(
    database: Database, tenant: Tenant
) -> None:
    await define(database, tenant, SEATS)
    async with database.transaction(tenant.id) as changing:
        field = await seats_of(changing)
        async with database.transaction(tenant.id) as writing:
            await CustomerService.within(writing).create(
                NewCustomer(name="Ann", custom_fields={"seats": 5})
            )
            change = asyncio.ensure_future(retyped(changing, field))
            has_waited = await keeps_waiting(writing, change)
        with pytest.raises(FieldInUseError):
            await change

    assert has_waited


async def test_a_value_is_checked_by_the_type_that_its_field_is_given_meanwhile(
    database: Database, tenant: Tenant
) -> None:
    await define(database, tenant, SEATS)
    async with database.transaction(tenant.id) as writing:
        async with database.transaction(tenant.id) as changing:
            await retyped(changing, await seats_of(changing))
            wanted = NewCustomer(name="Ann", custom_fields={"seats": 5})
            write = asyncio.ensure_future(CustomerService.within(writing).create(wanted))
            has_waited = await keeps_waiting(changing, write)
        with pytest.raises(InvalidCustomFieldsError):
            await write

    assert has_waited
