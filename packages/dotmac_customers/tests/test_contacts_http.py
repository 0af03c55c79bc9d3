"""Contacts and contact methods over HTTP, as a clerk, and as who must not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import EventPublisher, create_worker
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant
from dotmac_customers import EmailVerified, PhoneVerified, module
from dotmac_customers.personal.service import person_of

from .customers_over_http import code, created, names

SWEDEN = {"line1": "Sveavägen 1", "postal_code": "111 57", "city": "Stockholm", "country": "SE"}


async def company(client: httpx.AsyncClient, name: str = "Berg AB") -> dict[str, Any]:
    return await created(client, name=name, kind="business", address=SWEDEN)


async def person(
    client: httpx.AsyncClient, customer: dict[str, Any], **values: object
) -> dict[str, Any]:
    body = {"given_name": "Eva", "family_name": "Lind", **values}
    answer = await client.post(f"/customers/{customer['id']}/contacts", json=body)
    assert answer.status_code == 201, answer.text
    contact: dict[str, Any] = answer.json()["data"]
    return contact


async def way(
    client: httpx.AsyncClient, customer: dict[str, Any], kind: str, value: str, **more: object
) -> dict[str, Any]:
    body = {"kind": kind, "value": value, **more}
    answer = await client.post(f"/customers/{customer['id']}/contact-methods", json=body)
    assert answer.status_code == 201, answer.text
    method: dict[str, Any] = answer.json()["data"]
    return method


async def test_a_person_has_roles_and_several_ways_to_be_reached(
    client: httpx.AsyncClient,
) -> None:
    firm = await company(client)
    eva = await person(
        client,
        firm,
        roles=["technical", "billing"],
        department="IT",
        can_authorize_changes=True,
        methods=[
            {"kind": "mobile", "value": "070-174 06 05"},
            {"kind": "mobile", "value": "+49 30 901820", "is_primary": True},
            {"kind": "email", "value": "Eva.Lind@Example.COM"},
        ],
    )
    await person(client, firm, given_name="Ola", roles=["emergency"], is_active=False)

    path = f"/customers/{firm['id']}/contacts"
    billing = (await client.get(path, params={"role": "billing"})).json()["data"]
    active = (await client.get(path, params={"active_only": True})).json()["data"]

    assert (eva["roles"], eva["can_authorize_changes"]) == (["billing", "technical"], True)
    assert {(m["kind"], m["value"], m["shown"], m["is_primary"]) for m in eva["methods"]} == {
        ("email", "eva.lind@example.com", "eva.lind@example.com", True),
        ("mobile", "+4930901820", "+49 30 901820", True),
        ("mobile", "+46701740605", "070-174 06 05", False),
    }
    assert [c["id"] for c in billing] == [c["id"] for c in active] == [eva["id"]]


@pytest.mark.parametrize(
    ("method", "refusal"),
    [
        ({"kind": "phone", "value": "12"}, "422 INVALID_PHONE"),
        ({"kind": "mobile", "value": "+46 call me"}, "422 INVALID_PHONE"),
        ({"kind": "email", "value": "eva at home"}, "422 INVALID_EMAIL"),
        ({"kind": "social", "value": "\u200b"}, "422 INVALID_CUSTOMER"),
    ],
)
async def test_what_reaches_nobody_is_refused(
    client: httpx.AsyncClient, method: dict[str, str], refusal: str
) -> None:
    firm = await company(client)

    answer = await client.post(f"/customers/{firm['id']}/contact-methods", json=method)

    assert code(answer) == refusal


async def test_one_of_a_kind_is_primary_for_each_person(client: httpx.AsyncClient) -> None:
    firm = await company(client)
    eva = await person(client, firm)
    desk = await way(client, firm, "phone", "08-5000 1000")
    await way(client, firm, "phone", "08-5000 1000", contact_id=eva["id"])
    other = await way(client, firm, "phone", "08-5000 2000")
    path = f"/customers/{firm['id']}/contact-methods"

    again = await client.post(path, json={"kind": "phone", "value": "+46 8 5000 10 00"})
    await client.post(f"{path}/{other['id']}/primary")
    moved = {(m["value"], m["contact_id"]): m["is_primary"] for m in await ways(client, firm)}
    await client.delete(f"{path}/{other['id']}")
    left = (await client.get(f"{path}/{desk['id']}")).json()["data"]

    assert code(again) == "409 CONTACT_METHOD_TAKEN"
    assert moved == {
        ("+46850001000", None): False,
        ("+46850001000", eva["id"]): True,
        ("+46850002000", None): True,
    }
    assert left["is_primary"] is True


async def ways(client: httpx.AsyncClient, customer: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(f"/customers/{customer['id']}/contact-methods")
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_customer_is_found_by_its_people(client: httpx.AsyncClient) -> None:
    firm = await company(client)
    await company(client, "Other AB")
    number = {"kind": "mobile", "value": "070-174 06 05"}
    mail = {"kind": "email", "value": "eva@lind.example"}
    eva = await person(client, firm, methods=[number, mail])
    typed = ("eva@lind", "+46 70 174 06 05", "0701740605", "070-174", "46701740605", "eva lind")

    found = [await names(client, q=q) for q in typed]
    await client.patch(f"/customers/{firm['id']}", json={"name": "B"}, headers={"If-Match": "*"})
    renamed = await names(client, q="eva@lind")
    await client.delete(f"/customers/{firm['id']}/contacts/{eva['id']}")

    assert found == [["Berg AB"]] * len(typed)
    assert renamed == ["B"]
    assert [await names(client, q=q) for q in typed] == [[]] * len(typed)


async def test_what_was_verified_is_until_it_changes(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    firm = await company(client)
    mail = await way(client, firm, "email", "info@berg.example")
    await way(client, firm, "mobile", "070-174 06 05")
    about = {"customer_id": firm["id"], "verification_id": new_id(), "method": "code"}
    async with database.transaction(tenant.id) as session:
        publisher = EventPublisher(session)
        await publisher.publish(EmailVerified(address="info@berg.example", **about))
        await publisher.publish(PhoneVerified(address="+46701740605", **about))

    await create_worker([module], database, database.clock).drain(tenant.id)
    verified = [method["verified_at"] is not None for method in await ways(client, firm)]
    changed = await client.patch(
        f"/customers/{firm['id']}/contact-methods/{mail['id']}",
        json={"value": "mail@berg.example"},
        headers={"If-Match": '"2"'},
    )

    assert verified == [True, True]
    assert changed.json()["data"]["verified_at"] is None


async def test_people_follow_a_merge_and_are_found_there(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    kept, merged = await company(client, "Kept"), await company(client, "Merged")
    await way(client, kept, "email", "info@berg.example")
    await way(client, merged, "email", "sales@berg.example")
    await person(client, merged, methods=[{"kind": "email", "value": "eva@lind.example"}])

    answer = await client.post(f"/customers/{kept['id']}/merge", json={"merged_id": merged["id"]})

    await create_worker([module], database, database.clock).drain(tenant.id)

    assert answer.status_code == 200, answer.text
    assert await names(client, q="eva@lind") == ["Kept"]
    assert {(m["value"], m["is_primary"]) for m in await ways(client, kept)} == {
        ("eva@lind.example", True),
        ("info@berg.example", True),
        ("sales@berg.example", False),
    }


async def test_a_contact_is_changed_from_the_version_that_was_read(
    client: httpx.AsyncClient,
) -> None:
    firm = await company(client)
    eva = await person(client, firm)
    path = f"/customers/{firm['id']}/contacts/{eva['id']}"

    changed = await client.patch(path, json={"roles": ["legal"]}, headers={"If-Match": '"1"'})
    stale = await client.patch(path, json={"roles": ["other"]}, headers={"If-Match": '"1"'})
    mine = await client.patch(path, json={"customer_id": firm["id"]}, headers={"If-Match": '"2"'})

    assert changed.json()["data"]["roles"] == ["legal"]
    assert code(stale) == "412 VERSION_MISMATCH"
    assert mine.status_code == 422


async def test_who_may_only_read_changes_no_contact(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    firm = await company(client)
    eva = await person(client, firm)
    desk = await way(client, firm, "phone", "08-5000 1000")
    contacts, methods = (
        f"/customers/{firm['id']}/{part}" for part in ("contacts", "contact-methods")
    )
    reader = signed_in(tenant, "customers:read")
    any_version = {"If-Match": "*"}

    refused = [
        await reader.post(contacts, json={"given_name": "A", "family_name": "B"}),
        await reader.patch(f"{contacts}/{eva['id']}", json={}, headers=any_version),
        await reader.delete(f"{contacts}/{eva['id']}"),
        await reader.post(methods, json={"kind": "phone", "value": "08-5000 1001"}),
        await reader.patch(f"{methods}/{desk['id']}", json={}, headers=any_version),
        await reader.post(f"{methods}/{desk['id']}/primary"),
        await reader.delete(f"{methods}/{desk['id']}"),
    ]
    elsewhere = await signed_in(second_tenant).get(contacts)

    assert {answer.status_code for answer in refused} == {403}
    assert len((await reader.get(contacts)).json()["data"]) == 1
    assert code(elsewhere) == "404 CUSTOMER_NOT_FOUND"


async def test_who_is_forgotten_leaves_no_contact(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    firm = await company(client)
    await person(client, firm, methods=[{"kind": "email", "value": "eva@lind.example"}])
    await way(client, firm, "email", "info@berg.example")
    assert module.personal_data is not None
    async with database.transaction(tenant.id) as session:
        known = await person_of(session, UUID(firm["id"]))
        await module.personal_data.erase(session, known)

    contacts = await client.get(f"/customers/{firm['id']}/contacts")

    assert known.emails == ("info@berg.example",)
    assert contacts.json()["data"] == await ways(client, firm) == []
    assert await names(client, q="eva@lind") == []
