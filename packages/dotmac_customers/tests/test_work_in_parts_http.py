"""Who holds a role for a part of the customers does their work for those, and for nobody else."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_customers.notes.models import Note

from .customers_over_http import code
from .scopes import DESK, READ, WRITE, Part, Shop

PLACE = {"kind": "service", "line1": "Sveavägen 1", "postal_code": "111 57", "city": "Stockholm"}
WORK: list[tuple[str, dict[str, object]]] = [
    ("notes", {"html": "<p>Called.</p>"}),
    ("tasks", {"title": "Call back"}),
    ("contacts", {"given_name": "Ann", "family_name": "Berg", "roles": ["billing"]}),
    ("contact-methods", {"kind": "email", "value": "ann@example.com"}),
    ("addresses", {**PLACE, "country": "SE"}),
]


async def test_an_agent_does_their_work_for_a_segment_and_for_nobody_else(
    part: Part, shop: Shop, tmp_path: Path
) -> None:
    agent = part.client(shop.segment, permissions=(READ, WRITE, *DESK))
    inside, outside = f"/customers/{shop.member}", f"/customers/{shop.stranger}"
    file = {"file": ("note.txt", b"plain", "text/plain")}

    with keeping_files_in(DiskFiles(tmp_path)):
        uploaded = await agent.post(f"{inside}/documents", files=file, data={"kind": "other"})
        strange = await agent.post(f"{outside}/documents", files=file, data={"kind": "other"})
    made = {what: await agent.post(f"{inside}/{what}", json=body) for what, body in WORK}
    refused = [await agent.post(f"{outside}/{what}", json=body) for what, body in WORK]

    assert uploaded.status_code == 201, uploaded.text
    assert {answer.status_code for answer in made.values()} == {201}
    assert {code(answer) for answer in [strange, *refused]} == {"404 CUSTOMER_NOT_FOUND"}
    for what in ("notes", "contacts", "contact-methods", "addresses"):
        one = made[what].json()["data"]["id"]
        assert (await agent.get(f"{inside}/{what}/{one}")).status_code == 200
        # Nor is it reached through another customer who is within the part.
        assert code(await agent.get(f"{outside}/{what}/{one}")) == "404 CUSTOMER_NOT_FOUND"
    assert (await agent.get("/customer-documents/settings")).status_code == 200
    assert (await agent.get("/address-forms/SE")).status_code == 200


async def test_tasks_are_those_of_the_part(part: Part, shop: Shop) -> None:
    boss = part.client(everywhere=("*",))
    agent = part.client(shop.segment, permissions=DESK)
    ids = [
        (await boss.post(f"/customers/{customer}/tasks", json={"title": "x"})).json()["data"]["id"]
        for customer in (shop.member, shop.stranger)
    ]
    any_version = {"If-Match": "*"}

    listed = (await agent.get("/customer-tasks")).json()
    of_stranger = await agent.get("/customer-tasks", params={"customer_id": str(shop.stranger)})
    done, hidden = [
        await agent.patch(f"/customer-tasks/{task}", json={"state": "done"}, headers=any_version)
        for task in ids
    ]

    assert [task["id"] for task in listed["data"]] == ids[:1]
    assert listed["meta"]["pagination"]["total"] == 1
    assert of_stranger.json()["data"] == []
    assert done.json()["data"]["state"] == "done"
    assert code(hidden) == code(await agent.get(f"/customer-tasks/{ids[1]}"))
    assert code(hidden) == "404 CUSTOMER_TASK_NOT_FOUND"


async def test_private_notes_are_seen_within_the_part(part: Part, shop: Shop) -> None:
    boss = part.client(everywhere=("*",))
    path = f"/customers/{shop.member}/notes"
    note = await boss.post(path, json={"html": "<p>secret</p>", "is_private": True})
    await set_author(part, "somebody")
    one = f"{path}/{note.json()['data']['id']}"

    with_right = part.client(shop.segment, permissions=(*DESK, "notes:private"))
    elsewhere = part.client(shop.segment, permissions=DESK)

    assert (await with_right.get(one)).status_code == 200
    assert code(await elsewhere.get(one)) == "404 NOTE_NOT_FOUND"


async def set_author(part: Part, author: str) -> None:
    # Everybody in these tests has one name; let somebody else have written it.
    async with part.database.transaction(part.tenant.id) as session:
        await session.execute(sa.update(Note).values(author=author))


async def test_a_branch_shows_those_within_the_part_and_is_not_left(part: Part, shop: Shop) -> None:
    boss = part.client(everywhere=("*",))
    path = f"/customers/{shop.site}"
    agent = part.client(shop.site)

    branch = (await agent.get(f"{path}/branch")).json()["data"]
    whole = (await part.client(shop.account).get(f"{path}/branch")).json()["data"]
    top, strange, up = [
        await agent.put(f"{path}/parent", json={"parent_id": parent}, headers={"If-Match": "*"})
        for parent in (None, str(shop.stranger), str(shop.account))
    ]
    below_mine = await part.client(shop.account).put(
        f"/customers/{shop.stranger}/parent",
        json={"parent_id": str(shop.account)},
        headers={"If-Match": "*"},
    )

    assert (branch["above"], branch["totals"]["customers"]) == ([], 1)
    assert [one["name"] for one in whole["above"]] == ["Acme"]
    assert code(top) == "403 SCOPE_NOT_SUPPORTED"
    assert code(strange) == code(up) == "404 PARENT_NOT_FOUND"
    assert code(below_mine) == "404 CUSTOMER_NOT_FOUND"
    assert (await boss.get(path)).json()["data"]["parent_id"] == str(shop.account)
