"""Taking imports back, and forgetting them, over HTTP."""

from __future__ import annotations

import httpx

from dotmac_core_events import create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from packages.dotmac_customers.tests.customers_over_http import code, created, names, read

from .samples import ANN, BEN, HEADER, Clerk, table, uploaded


async def test_an_undone_import_leaves_everything_as_it_was(
    clerk: Clerk, client: httpx.AsyncClient
) -> None:
    eve = await created(
        client,
        number="A-9",
        name="Eve",
        email="eve@example.com",
        tags=["old"],
        address={"line1": "Road 1", "city": "Oslo", "country": "NO"},
    )
    await client.post(
        "/customers/tags", json={"name": "ruled", "rule": {"field": "number", "value": "A-1"}}
    )
    changed = ("A-9", "Eva", "eva@example.com", "new", "Road 2", "", "Bergen", "NO")
    content = table(HEADER, ANN, BEN, changed)
    done = await clerk.imports(content)
    in_between = await names(client)

    undone = await clerk.client.post(f"/customers/imports/{done['id']}/undo")
    await clerk.work()

    after = await clerk.read(done["id"])
    assert in_between == ["Ann Berg", "Ben Dahl", "Eva"]
    assert (undone.status_code, after["state"], after["undone"]) == (202, "undone", 3)
    listed = (await client.get("/customers")).json()
    assert [one["name"] for one in listed["data"]] == ["Eve"]
    assert listed["meta"]["pagination"]["total"] == 1
    assert await names(client, q="ann") == await names(client, tag="vip") == []
    now = await read(client, eve)
    for field in ("name", "email", "tags", "address"):
        assert now[field] == eve[field]
    # The numbers are free again, so that the mended file can be taken in.
    again = await clerk.imports(content, mode="upsert")
    assert again["counts"] == {"created": 2, "changed": 1, "same": 0, "refused": 0}


async def test_who_was_changed_or_used_since_stands_in_the_way(
    clerk: Clerk, client: httpx.AsyncClient
) -> None:
    cia, dan, eva = [(f"A-{n}", name, *BEN[2:]) for n, name in enumerate(("Cia", "Dan", "Eva"), 3)]
    done = await clerk.imports(table(HEADER, ANN, BEN, cia, dan, eva))
    invited = await clerk.customer("A-5")
    answer = await client.post(
        f"/customers/{invited['id']}/portal-accounts/invitations",
        json={"email": "eva@example.com", "name": "Eva", "permissions": ["portal:profile"]},
    )
    assert answer.status_code == 201, answer.text
    ann, ben, cia_now = [await clerk.customer(number) for number in ("A-1", "A-2", "A-3")]
    await client.patch(
        f"/customers/{ann['id']}", json={"phone": "+46 8 1"}, headers={"If-Match": "*"}
    )
    await client.post(f"/customers/{ben['id']}/notes", json={"html": "Called."})
    await client.post(
        "/customers", json={"name": "Site", "parent_id": cia_now["id"], "level": "site"}
    )
    undo = f"/customers/imports/{done['id']}/undo"

    refused = await clerk.client.post(undo)
    left = await clerk.client.post(undo, json={"leave_changed": True})
    await clerk.work()

    assert code(refused) == "409 CUSTOMER_IMPORT_MOVED_ON"
    details = refused.json()["error"]["details"]
    assert details["total"] == 3
    assert [(one["number"], one["reason"]) for one in details["customers"]] == [
        *(("A-1", "changed"), ("A-2", "used"), ("A-3", "used")),
    ]
    assert left.status_code == 202
    assert await names(client) == ["Ann Berg", "Ben Dahl", "Cia", "Eva", "Site"]
    after = await clerk.read(done["id"])
    assert (after["state"], after["undone"]) == ("undone", 1)


async def test_files_and_what_they_replaced_are_forgotten_after_thirty_days(
    clerk: Clerk, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    done = await clerk.imports(table(HEADER, ANN))
    waiting = await uploaded(clerk.client, table(HEADER, BEN))

    clock.advance(days=31)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, "customers.forget_imports")
    await clerk.work()

    for made in (done, waiting):
        now = await clerk.read(made["id"])
        assert (now["is_forgotten"], now["sample"]) == (True, [])
    undo = await clerk.client.post(f"/customers/imports/{done['id']}/undo")
    refused = await clerk.client.get(f"/customers/imports/{done['id']}/errors.csv")
    assert code(undo) == code(refused) == "409 CUSTOMER_IMPORT_FORGOTTEN"
    assert await names(clerk.client) == ["Ann Berg"]


async def test_erasing_a_customer_forgets_the_file_it_came_in(
    clerk: Clerk, client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    done = await clerk.imports(table(HEADER, ANN, BEN))
    ann = await clerk.customer("A-1")
    asked = await client.post("/data-requests", json={"customer_id": ann["id"], "kind": "erasure"})
    path = f"/data-requests/{asked.json()['data']['id']}"
    await client.post(f"{path}/identity", json={"how": "Passport."})
    await client.post(f"{path}/fulfilment")
    await create_worker([module], database, database.clock).drain(tenant.id)

    now = await clerk.read(done["id"])
    again = await clerk.checks(table(HEADER, ANN))
    assert [one["code"] for one in again["problems"]] == ["CUSTOMER_ERASED"]
    assert (await read(client, ann))["name"] == "Erased"
    assert (now["is_forgotten"], now["sample"]) == (True, [])
