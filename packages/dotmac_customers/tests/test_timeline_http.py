"""All that happened to a customer, over HTTP."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import EventPublisher, create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from dotmac_customers.documents.models import Document
from dotmac_customers.notes.models import Note

from .customers_over_http import code, created


async def settled(database: Database, tenant: Tenant) -> None:
    drained = await create_worker([module], database, database.clock).drain(tenant.id)
    assert drained.failed_events == 0


async def told(
    client: httpx.AsyncClient,
    customer: dict[str, Any],
    **query: Any,  # noqa: ANN401 - what a query holds
) -> list[tuple[str, str]]:
    answer = await client.get(f"/customers/{customer['id']}/timeline", params=query)
    assert answer.status_code == 200, answer.text
    return [(entry["kind"], entry["title"]) for entry in answer.json()["data"]]


async def test_what_happens_to_a_customer_is_told_once_in_words(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    ann = await created(client, name="Ann", state="prospect")
    path = f"/customers/{ann['id']}"
    for minutes, (method, where, body) in enumerate(
        (
            ("PATCH", path, {"email": "a@x.se", "tax_id": "1", "language": "sv"}),
            ("POST", f"{path}/state", {"state": "active", "reason": "signed"}),
            ("POST", f"{path}/state", {"state": "suspended", "reason": "non_payment"}),
        ),
        start=1,
    ):
        clock.advance(minutes=minutes)
        await client.request(method, where, json=body, headers={"If-Match": "*"})
    await settled(database, tenant)
    await settled(database, tenant)

    assert await told(client, ann) == [
        ("state", "Was suspended: non payment."),
        ("state", "Became active: signed."),
        ("customer", "Changed: e-mail address, language and tax number."),
        ("customer", "Customer C-000001 was created."),
    ]
    assert len(await told(client, ann, kind="state")) == 2


async def test_messages_about_a_customer_are_told_without_their_subject(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    message_id = new_id()
    fields = {"message_id": message_id, "channel": "email", "topic": "billing"}
    async with database.transaction(tenant.id) as session:
        for about_kind, about_id in (
            ("customer", UUID(ann["id"])),
            ("user", new_id()),
            (None, None),
        ):
            payload = {"about_kind": about_kind, "about_id": about_id, "subject": "Dear Ann"}
            await EventPublisher(session).publish("events.message_sent", {**fields, **payload})
    await settled(database, tenant)

    assert await told(client, ann, kind="message") == [
        ("message", "An e-mail about billing was sent.")
    ]
    answer = await client.get(f"/customers/{ann['id']}/timeline", params={"kind": "message"})
    assert answer.json()["data"][0]["about"] == {"kind": "message", "id": str(message_id)}


async def noted_and_filed(client: httpx.AsyncClient, path: str, folder: Path) -> str:
    """Write a note and upload a document, for everybody and privately; the private note's id."""
    for is_private in (False, True):
        said = {"html": "<p>Likes tea</p>", "is_private": is_private}
        note = (await client.post(f"{path}/notes", json=said)).json()["data"]
        with keeping_files_in(DiskFiles(folder)):
            await client.post(
                f"{path}/documents",
                files={"file": ("x.txt", b"plain", "text/plain")},
                data={"kind": "contract", "is_private": str(is_private).lower()},
            )
    private_id: str = note["id"]
    return private_id


async def test_notes_tasks_and_documents_are_told_and_private_ones_to_their_maker(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
    tmp_path: Path,
) -> None:
    ann = await created(client, name="Ann")
    path = f"/customers/{ann['id']}"
    clock.advance(minutes=1)
    began_at = clock.now()
    note_id = await noted_and_filed(client, path, tmp_path)
    task = (await client.post(f"{path}/tasks", json={"title": "Call"})).json()["data"]
    clock.advance(minutes=1)
    any_version = {"If-Match": "*"}
    await client.patch(f"/customer-tasks/{task['id']}", json={"state": "done"}, headers=any_version)
    await client.patch(
        f"{path}/notes/{note_id}", json={"html": "<p>Likes coffee</p>"}, headers=any_version
    )
    await settled(database, tenant)

    wanted = {"kind": ["note", "task", "document"]}
    own = Counter(await told(client, ann, **wanted))
    async with database.transaction(tenant.id) as session:
        await session.execute(sa.update(Note).values(author="another"))
        await session.execute(sa.update(Document).values(created_by="another"))
    others = Counter(await told(client, ann, **wanted))
    early = await told(client, ann, kind="task", happened_before=clock.now().isoformat())
    none = await told(client, ann, kind="note", happened_before=began_at.isoformat())

    assert own == {
        ("note", "A note was written."): 2,
        ("note", "A note was changed."): 1,
        ("document", "A document was uploaded: contract."): 2,
        ("task", "A task was added."): 1,
        ("task", "A task was done."): 1,
    }
    assert own - others == {
        ("note", "A note was written."): 1,
        ("note", "A note was changed."): 1,
        ("document", "A document was uploaded: contract."): 1,
    }
    assert early == [("task", "A task was added.")]
    assert none == []


async def test_consent_and_verification_are_told(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    consent = {"consent_id": new_id(), "topic": "marketing", "channel": "email", "method": "form"}
    verified = {"verification_id": new_id(), "address": "a@x.se", "method": "link"}
    async with database.transaction(tenant.id) as session:
        for name, fields in (
            ("customers.consent_given", consent),
            ("customers.consent_withdrawn", consent),
            ("customers.email_verified", verified),
        ):
            await EventPublisher(session).publish(name, {"customer_id": ann["id"], **fields})
    await settled(database, tenant)

    assert sorted(await told(client, ann))[:3] == [
        ("consent", "Consent to marketing by e-mail was given."),
        ("consent", "Consent to marketing by e-mail was withdrawn."),
        ("contact", "The e-mail address was verified."),
    ]


async def test_pages_follow_each_other_without_gap_or_repeat(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    ann = await created(client, name="Ann")
    for n in range(6):
        # Two of them at the same instant.
        clock.advance(minutes=n % 2)
        await client.patch(
            f"/customers/{ann['id']}", json={"notes": str(n)}, headers={"If-Match": "*"}
        )
    await settled(database, tenant)
    everything = await client.get(f"/customers/{ann['id']}/timeline")

    ids: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 3} | ({} if cursor is None else {"cursor": cursor})
        page = (await client.get(f"/customers/{ann['id']}/timeline", params=query)).json()
        ids += [entry["id"] for entry in page["data"]]
        cursor = page["meta"]["next_cursor"]
        if cursor is None:
            break

    assert ids == [entry["id"] for entry in everything.json()["data"]]
    assert len(ids) == 7


async def test_what_happened_to_a_merged_customer_is_told_with_the_kept_one(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    kept, merged = await created(client, name="Ann"), await created(client, name="Ann B.")
    await client.post(f"/customers/{kept['id']}/merge", json={"merged_id": merged["id"]})
    await settled(database, tenant)

    titles = [title for _, title in await told(client, kept)]

    assert "Another customer was merged into this one." in titles
    assert {"Customer C-000001 was created.", "Customer C-000002 was created."} <= set(titles)


async def test_a_stranger_reads_no_timeline(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    ann = await created(client, name="Ann")
    path = f"/customers/{ann['id']}/timeline"

    assert code(await signed_in(tenant, "customers:write").get(path)) == "403 PERMISSION_DENIED"
    assert code(await signed_in(second_tenant).get(path)) == "404 CUSTOMER_NOT_FOUND"


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "é", "=" * 32, "A" * 64])
async def test_what_is_no_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    ann = await created(client, name="Ann")

    answer = await client.get(f"/customers/{ann['id']}/timeline", params={"cursor": cursor})

    assert code(answer) == "422 INVALID_CURSOR"
