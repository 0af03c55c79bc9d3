"""Notes and tasks over HTTP, as their authors, as colleagues, and as those who must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import MessageService, WantedMessages, create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from dotmac_customers.notes.models import Note
from dotmac_identity import UserService
from packages.dotmac_customers.tests.customers_over_http import code, created

ATTACK = "<p>Hi</p><script>alert(1)</script><a href='javascript:x()'>x</a>"


async def written(
    client: httpx.AsyncClient, customer: dict[str, Any], **body: object
) -> dict[str, Any]:
    answer = await client.post(f"/customers/{customer['id']}/notes", json=body)
    assert answer.status_code == 201, answer.text
    note: dict[str, Any] = answer.json()["data"]
    return note


async def colleague(database: Database, tenant: Tenant) -> UUID:
    """A user of the tenant."""
    async with database.transaction(tenant.id) as session:
        account = await UserService.within(session).create(
            email="colleague@example.com", name="Colleague", password=None, roles=()
        )
    return account.id


async def told(database: Database, tenant: Tenant, user_id: UUID) -> list[str]:
    """The subjects of what somebody was told in the app."""
    async with database.transaction(tenant.id) as session:
        messages, _ = await MessageService(session).page(WantedMessages(recipient=str(user_id)))
        return [message.subject for message in messages]


async def test_a_note_is_written_safely_pinned_and_found(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    first = await written(client, ann, html=ATTACK)
    second = await written(client, ann, html="<p>Prefers <em>Café</em> Müller</p>", is_pinned=True)
    path = f"/customers/{ann['id']}/notes"
    third = await written(client, ann, html="<p>latest</p>")

    listed = (await client.get(path)).json()["data"]
    found = (await client.get(path, params={"q": "cafe muller"})).json()["data"]
    empty = await client.post(path, json={"html": "<script>only()</script>"})

    assert "script" not in first["html"]
    assert [note["id"] for note in listed] == [second["id"], third["id"], first["id"]]
    assert [note["id"] for note in found] == [second["id"]]
    assert code(empty) == "422 NOTE_EMPTY"


async def test_what_a_note_said_before_is_kept(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    note = await written(client, ann, html="<p>one</p>")
    path = f"/customers/{ann['id']}/notes/{note['id']}"

    blind = await client.patch(path, json={"html": "<p>two</p>"})
    await client.patch(path, json={"html": "<p>two</p>"}, headers={"If-Match": '"1"'})
    late = await client.patch(path, json={"html": "<p>three</p>"}, headers={"If-Match": '"1"'})
    edits = (await client.get(f"{path}/edits")).json()["data"]

    assert (blind.status_code, late.status_code) == (428, 412)
    assert [edit["html"] for edit in edits] == ["<p>one</p>"]


async def test_private_notes_and_those_of_others_are_respected(
    client: httpx.AsyncClient,
    signed_in: SignedIn,
    database: Database,
    tenant: Tenant,
    second_tenant: Tenant,
) -> None:
    ann = await created(client, name="Ann")
    private = await written(client, ann, html="<p>secret</p>", is_private=True)
    public = await written(client, ann, html="<p>known</p>")
    # The clients of these tests are all the same person; let somebody else have written them.
    async with database.transaction(tenant.id) as session:
        await session.execute(sa.update(Note).values(author="another"))
    clerk = signed_in(tenant, "customers:read", "notes:read", "notes:write")
    path = f"/customers/{ann['id']}/notes"
    any_version = {"If-Match": "*"}

    assert code(await clerk.get(f"{path}/{private['id']}")) == "404 NOTE_NOT_FOUND"
    assert [note["id"] for note in (await clerk.get(path)).json()["data"]] == [public["id"]]
    assert (await client.get(f"{path}/{private['id']}")).status_code == 200
    changed = await clerk.patch(
        f"{path}/{public['id']}", json={"html": "<p>mine</p>"}, headers=any_version
    )
    pinned = await clerk.patch(
        f"{path}/{public['id']}", json={"is_pinned": True}, headers=any_version
    )
    assert code(changed) == code(await clerk.delete(f"{path}/{public['id']}"))
    assert code(changed) == "403 NOTE_NOT_YOURS"
    assert pinned.json()["data"]["is_pinned"]
    assert code(await signed_in(second_tenant).get(path)) == "404 CUSTOMER_NOT_FOUND"
    reader = signed_in(tenant, "customers:read", "notes:read")
    assert code(await reader.post(path, json={"html": "<p>x</p>"})) == "403 PERMISSION_DENIED"


async def test_who_is_mentioned_is_told_once_and_without_the_note(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    user_id = await colleague(database, tenant)

    note = await written(client, ann, html="<p>look</p>", mentions=[str(user_id)])
    await client.patch(
        f"/customers/{ann['id']}/notes/{note['id']}",
        json={"mentions": [str(user_id)]},
        headers={"If-Match": "*"},
    )
    nobody = await client.post(
        f"/customers/{ann['id']}/notes", json={"html": "x", "mentions": [str(uuid4())]}
    )

    assert await told(database, tenant, user_id) == ["You were mentioned in a note"]
    assert code(nobody) == "404 USER_NOT_FOUND"


async def test_an_assignee_is_reminded_once_on_the_day(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    ann = await created(client, name="Ann")
    user_id = await colleague(database, tenant)
    body = {"title": "Call back", "due_on": "2026-11-22", "assignee_id": str(user_id)}
    task = (await client.post(f"/customers/{ann['id']}/tasks", json=body)).json()["data"]
    start = clock.now()
    reminded = []
    for days in (1, 2, 3):
        clock.move_to(start + timedelta(days=days))
        async with database.transaction(tenant.id) as session:
            await enqueue(session, "customers.remind_of_tasks")
        await create_worker([module], database, database.clock).drain(tenant.id)
        reminded.append(len(await told(database, tenant, user_id)))

    done = await client.patch(
        f"/customer-tasks/{task['id']}", json={"state": "done"}, headers={"If-Match": '"1"'}
    )
    still_open = await client.get("/customer-tasks", params={"state": "open"})

    assert reminded == [0, 1, 1]
    assert done.json()["data"]["closed_by"] == "somebody"
    assert still_open.json()["data"] == []


async def test_tasks_are_for_those_who_may(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    path = f"/customers/{ann['id']}/tasks"
    task = (await client.post(path, json={"title": "Call back"})).json()["data"]
    reader = signed_in(tenant, "customer_tasks:read")
    stranger = signed_in(second_tenant)

    assert (await reader.get(f"/customer-tasks/{task['id']}")).status_code == 200
    assert code(await reader.post(path, json={"title": "x"})) == "403 PERMISSION_DENIED"
    missing = "404 CUSTOMER_TASK_NOT_FOUND"
    assert code(await stranger.get(f"/customer-tasks/{task['id']}")) == missing
    assert code(await stranger.post(path, json={"title": "x"})) == "404 CUSTOMER_NOT_FOUND"
    nobody = await client.post(path, json={"title": "x", "assignee_id": str(uuid4())})
    assert code(nobody) == "404 USER_NOT_FOUND"
