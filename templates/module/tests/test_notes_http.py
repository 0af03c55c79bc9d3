"""Notes over HTTP, as who writes them, as who only reads, and as another tenant."""

from __future__ import annotations

from typing import Any

import httpx
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

PATH = "/sample-label-notes"


async def written(client: httpx.AsyncClient, title: str, body: str = "It leaks.") -> dict[str, Any]:
    answer = await client.post(PATH, json={"title": title, "body": body})
    assert answer.status_code == 201, answer.text
    note: dict[str, Any] = answer.json()["data"]
    return note


async def titles(client: httpx.AsyncClient, **query: str) -> list[str]:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [note["title"] for note in answer.json()["data"]]


def code(answer: httpx.Response) -> str:
    """Status and code of a refusal."""
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def test_notes_are_found_and_sorted(client: httpx.AsyncClient, clock: FrozenClock) -> None:
    await written(client, "Pump 3", "It leaks at the flange.")
    clock.advance(days=1)
    await written(client, "Crane", "The pump is mended.")

    assert await titles(client) == ["Crane", "Pump 3"]
    assert await titles(client, sort="-title") == ["Pump 3", "Crane"]
    assert await titles(client, q="pump flange") == ["Pump 3"]
    assert await titles(client, q="100%") == []
    assert await titles(client, per_page="1", page="2") == ["Pump 3"]


async def test_who_edits_an_old_version_is_told(client: httpx.AsyncClient) -> None:
    note = await written(client, "Pump 3")
    path = f"{PATH}/{note['id']}"

    changed = await client.patch(path, json={"title": "Pump 4"}, headers={"If-Match": '"1"'})
    late = await client.patch(path, json={"title": "Pump 5"}, headers={"If-Match": '"1"'})
    blind = await client.patch(path, json={"title": "Pump 5"})

    assert (changed.json()["data"]["title"], changed.headers["etag"]) == ("Pump 4", '"2"')
    assert [code(late), code(blind)] == ["412 VERSION_MISMATCH", "428 PRECONDITION_REQUIRED"]


async def test_an_archived_note_leaves_the_list_and_stays_readable(
    client: httpx.AsyncClient,
) -> None:
    note = await written(client, "Pump 3")
    path = f"{PATH}/{note['id']}"

    await client.post(f"{path}/archive")
    again = await client.post(f"{path}/archive")

    assert await titles(client) == []
    assert (await client.get(path)).json()["data"]["body"] == "It leaks."
    assert code(again) == "409 SAMPLE_NOTE_ALREADY_ARCHIVED"


async def test_readers_do_not_write_and_strangers_see_nothing(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    path = f"{PATH}/{(await written(client, 'Pump 3'))['id']}"
    reader, stranger = signed_in(tenant, "sample_label_notes:read"), signed_in(second_tenant)
    mine, whatever = {"title": "Mine"}, {"If-Match": "*"}

    assert (await reader.get(path)).status_code == 200
    for refused in (
        await reader.post(PATH, json={"title": "Mine", "body": ""}),
        await reader.patch(path, json=mine, headers=whatever),
        await reader.post(f"{path}/archive"),
    ):
        assert code(refused) == "403 PERMISSION_DENIED"
    for unseen in (
        await stranger.get(path),
        await stranger.patch(path, json=mine, headers=whatever),
        await stranger.post(f"{path}/archive"),
    ):
        assert code(unseen) == "404 SAMPLE_NOTE_NOT_FOUND"
    assert await titles(stranger) == []


async def test_what_happens_is_announced_and_audited(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    path = f"{PATH}/{(await written(client, 'Pump 3'))['id']}"
    await client.patch(path, json={"title": "Pump 4"}, headers={"If-Match": "*"})
    await client.patch(path, json={"title": "Pump 4"}, headers={"If-Match": "*"})  # no change
    await client.post(f"{path}/archive")

    async with database.transaction(tenant.id) as session:
        announced = await session.scalars(sa.text("SELECT name FROM events.outbox ORDER BY id"))
        audited = await session.scalars(sa.text("SELECT action FROM core.audit_log ORDER BY id"))

    facts = ("written", "changed", "archived")
    assert announced.all() == [f"sample_label.note_{fact}" for fact in facts]
    actions = ("write", "change", "archive")
    assert audited.all() == [f"sample_label.note_{action}" for action in actions]
