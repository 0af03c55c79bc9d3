"""People who ask for their data or to be forgotten, over the whole platform."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import Request
from pydantic import SecretStr

from dotmac_api_gateway import create_app
from dotmac_core_events import Channel, NewMessage, create_worker, send_message
from dotmac_core_ops.database import Database
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant
from dotmac_platform.modules import MODULES
from dotmac_platform.runtime import inline_reactions

NAME, EMAIL, PHONE = "Zebulon Quackenbush", "zebulon@quackenbush.example", "+4930901820777"
FORMER_EMAIL = "zeb@quackenbush.example"
# What is kept, and why: proof that cannot be rewritten, and what ends by itself.
KEPT = {
    "core.audit_log": "append-only proof, GDPR art. 17(3)(e)",
    "core.idempotency_keys": "answers to repeated requests, removed after a day",
    "customers.consents": "what was agreed to and how, as it was said, GDPR art. 7(1)",
}
# Where something of the person is before, so that its absence afterwards means something.
FILLED = {
    *("billing.customers", "billing.party_versions", "core.files", "events.messages"),
    *("customers.addresses", "customers.consents", "customers.contact_methods"),
    *("customers.contacts", "customers.customers", "customers.document_versions"),
    *("customers.documents", "customers.note_edits", "customers.notices"),
    *("customers.search_terms", "customers.state_changes", "customers.suppressed_addresses"),
    *("customers.tasks", "customers.verifications", "identity.invitations"),
}
TEXTS = """
SELECT n.nspname || '.' || c.relname AS name, array_agg(quote_ident(a.attname)) AS columns
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND format_type(a.atttypid, NULL) IN ('text', 'jsonb', 'character varying', 'text[]')
  AND n.nspname !~ '^(pg_|information_schema$)'
  AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id')
  AND has_table_privilege('dotmac_app', c.oid, 'SELECT')
GROUP BY 1 ORDER BY 1
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> Iterator[None]:
    with keeping_files_in(DiskFiles(tmp_path)):
        yield


async def _client(
    database: Database, tenant: Tenant, *permissions: str
) -> AsyncIterator[httpx.AsyncClient]:
    async def authenticate(_: Request) -> Principal:
        return Principal(tenant.id, "clerk", "user", "Clerk", frozenset(permissions))

    settings = Settings(secret_key=SecretStr("signs what the tests ask it to, and nothing else"))
    app = create_app(MODULES, database=database, settings=settings, authenticate=authenticate)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as opened:
        yield opened


@pytest.fixture
async def client(database: Database, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything."""
    before, database.inline_handlers = database.inline_handlers, inline_reactions()
    async for opened in _client(database, tenant, "*"):
        yield opened
    database.inline_handlers = before


async def known(client: httpx.AsyncClient, database: Database, tenant: Tenant) -> str:
    """A customer of whom much is known; the identifier."""
    body = {"name": NAME, "email": EMAIL, "phone": PHONE}
    answer = await client.post("/customers", json=body)
    assert answer.status_code == 201, answer.text
    customer_id: str = answer.json()["data"]["id"]
    path = f"/customers/{customer_id}"
    uploaded = await client.post(
        f"{path}/documents",
        files={"file": (f"{NAME}.txt", f"I am {NAME}".encode(), "text/plain")},
        data={"kind": "other", "title": NAME},
    )
    assert uploaded.status_code == 201, uploaded.text
    for method, where, said in told_about(path):
        answer = await client.request(method, where, json=said, headers={"If-Match": "*"})
        assert answer.is_success, (where, answer.text)
    note = (await client.get(f"{path}/notes")).json()["data"][0]["id"]
    await client.patch(
        f"{path}/notes/{note}", json={"html": "<p>Nobody</p>"}, headers={"If-Match": "*"}
    )
    await create_worker(MODULES, database, database.clock).drain(tenant.id)
    async with database.transaction(tenant.id) as session:
        await send_message(
            session,
            NewMessage(
                channel=Channel.EMAIL, recipient=EMAIL, subject=NAME, text=NAME, topic="billing"
            ),
        )
    return customer_id


def told_about(path: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What the staff writes about the customer, in each way there is to."""
    place = {"line1": NAME, "city": "Berlin", "postal_code": "10115", "country": "DE"}
    reached = {"kind": "email", "value": FORMER_EMAIL}
    invited = {"email": EMAIL, "name": NAME, "permissions": ["portal:profile"]}
    consent = {"channel": "email", "decision": "given", "method": "verbal", "wording": "Yes."}
    said = {"topic": "service", "subject": f"Dear {NAME}", "text": NAME}
    suppressed = {"channel": "email", "address": EMAIL, "reason": "complained", "detail": EMAIL}
    moved = {"state": "suspended", "reason": "non_payment", "note": f"{NAME} does not pay."}
    return [
        ("POST", f"{path}/verify-email", {}),
        ("POST", f"{path}/notices", said),
        ("PATCH", path, {"email": FORMER_EMAIL, "external_id": NAME, "notes": NAME}),
        ("PATCH", path, {"email": EMAIL, "tax_id": "DE136695976"}),
        ("POST", f"{path}/addresses", {"kind": "billing", "label": NAME, **place}),
        ("POST", f"{path}/contacts", {"given_name": NAME, "family_name": NAME, "roles": ["legal"]}),
        ("POST", f"{path}/contact-methods", reached),
        ("POST", f"{path}/notes", {"html": f"<p>{NAME}</p>"}),
        ("POST", f"{path}/tasks", {"title": f"Call {PHONE}", "details": NAME}),
        ("POST", f"{path}/consents", {**consent, "note": f"{NAME} said so."}),
        ("POST", f"{path}/portal-accounts/invitations", invited),
        ("POST", f"{path}/state", moved),
        ("POST", "/suppressed-addresses", suppressed),
    ]


async def answered(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, customer_id: str, kind: str
) -> str:
    """A request that was confirmed and fulfilled; its path."""
    received = await client.post("/data-requests", json={"customer_id": customer_id, "kind": kind})
    assert received.status_code == 201, received.text
    path = f"/data-requests/{received.json()['data']['id']}"
    early = await client.post(f"{path}/fulfilment")
    assert early.json()["error"]["code"] == "IDENTITY_NOT_CONFIRMED"
    await client.post(f"{path}/identity", json={"how": "Called back."})
    assert (await client.post(f"{path}/fulfilment")).status_code == 202
    await create_worker(MODULES, database, database.clock).drain(tenant.id)
    read = (await client.get(path)).json()["data"]
    assert (read["state"], read["due_on"]) == ("done", "2026-12-20")
    return path


async def where_found(database: Database, tenant: Tenant) -> dict[str, list[str]]:
    """Tables that hold the person's name, address or number."""
    found: dict[str, list[str]] = {}
    async with database.read(tenant.id) as connection:
        for table in await connection.fetch(TEXTS):
            texts = " || ' ' || ".join(
                f"coalesce({column}::text, '')" for column in table["columns"]
            )
            for mark in ("quackenbush", PHONE):
                query = f"SELECT count(*) FROM {table['name']} WHERE lower({texts}) LIKE $1"
                if await connection.fetchval(query, f"%{mark.lower()}%"):
                    found.setdefault(table["name"], []).append(mark)
    return found


async def test_a_person_gets_all_that_is_known_as_an_archive(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    customer_id = await known(client, database, tenant)

    path = await answered(client, database, tenant, customer_id, "access")
    url = (await client.post(f"{path}/link")).json()["data"]["url"]
    fetched = await client.get(urlsplit(url).path.removeprefix("/api/v1"))

    archive = zipfile.ZipFile(io.BytesIO(fetched.content))
    names = archive.namelist()
    profile: list[dict[str, Any]] = json.loads(archive.read("customers/profile.json"))
    (file,) = [name for name in names if name.startswith("customers/files/")]
    assert profile[0]["email"] == EMAIL
    assert archive.read(file).decode() == f"I am {NAME}"
    assert {"customers/notes.json", "customers/tasks.json", "events/messages.json"} <= set(names)
    assert "password_hash" not in "".join(archive.read(n).decode() for n in names)


async def test_who_is_forgotten_is_found_nowhere_but_where_the_law_says(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    customer_id = await known(client, database, tenant)
    before = await where_found(database, tenant)

    path = await answered(client, database, tenant, customer_id, "erasure")
    after = await where_found(database, tenant)
    customer = (await client.get(f"/customers/{customer_id}")).json()["data"]
    steps = (await client.get(f"{path}/steps")).json()["data"]

    assert set(before) >= FILLED
    assert set(after) <= set(KEPT), after
    assert (customer["name"], customer["email"]) == ("Erased", None)
    assert customer["erased_at"] is not None
    [suppressed] = (
        await client.get("/suppressed-addresses", params={"address": EMAIL.upper()})
    ).json()["data"]
    assert (suppressed["address"], suppressed["detail"]) == (None, "")
    assert [step["action"] for step in steps][:3] == ["received", "confirmed", "begun"]
    assert [s["details"]["module"] for s in steps if s["action"] == "erased"]


async def test_requests_are_for_those_who_may(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    customer_id = await known(client, database, tenant)
    body = {"customer_id": customer_id, "kind": "erasure"}
    async for reader in _client(database, tenant, "data_requests:read"):
        assert (await reader.post("/data-requests", json=body)).status_code == 403
    async for stranger in _client(database, second_tenant, "*"):
        assert (await stranger.post("/data-requests", json=body)).status_code == 404
    made = (await client.post("/data-requests", json=body)).json()["data"]
    refused = await client.post(f"/data-requests/{made['id']}/refusal", json={"ground": "Art. 12"})

    assert refused.json()["data"]["state"] == "refused"
    assert date.fromisoformat(made["due_on"]) == date(2026, 12, 20)


async def test_what_became_part_of_a_customer_is_exported_and_forgotten_with_it(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    merged = await known(client, database, tenant)
    kept = (await client.post("/customers", json={"name": NAME})).json()["data"]["id"]
    answer = await client.post(f"/customers/{kept}/merge", json={"merged_id": merged})
    assert answer.status_code == 200, answer.text
    about_merged = {"customer_id": merged, "kind": "erasure"}
    elsewhere = await client.post("/data-requests", json=about_merged)

    path = await answered(client, database, tenant, kept, "access")
    url = (await client.post(f"{path}/link")).json()["data"]["url"]
    fetched = await client.get(urlsplit(url).path.removeprefix("/api/v1"))
    names = zipfile.ZipFile(io.BytesIO(fetched.content)).namelist()
    await answered(client, database, tenant, kept, "erasure")
    after = await where_found(database, tenant)
    again = await client.post("/data-requests", json={"customer_id": kept, "kind": "erasure"})

    assert elsewhere.json()["error"]["code"] == "CUSTOMER_MERGED"
    assert f"merged/{merged}/customers/profile.json" in names
    assert set(after) <= set(KEPT), after
    assert again.json()["error"]["code"] == "CUSTOMER_ERASED"


async def test_a_tenant_says_why_and_how_long_it_keeps_something(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    path, reason = "/retention-reasons", {"basis": "Our lawyer's letter", "years": 5}
    examples = (await client.get(path)).json()["data"]
    nothing = await client.put(f"{path}/cookies", json=reason)
    changed = (await client.put(f"{path}/proof", json=reason)).json()["data"]
    async for reader in _client(database, tenant, "data_requests:read"):
        refused = await reader.put(f"{path}/proof", json=reason)
    async for stranger in _client(database, second_tenant, "*"):
        elsewhere = (await stranger.get(path)).json()["data"]
    made = (await client.post("/customers", json={"name": "Zeb"})).json()["data"]["id"]
    request = await answered(client, database, tenant, made, "erasure")
    steps = (await client.get(f"{request}/steps")).json()["data"]
    back = (await client.delete(f"{path}/proof")).json()["data"]

    assert [one["subject"] for one in examples] == ["invoices", "proof", "suppressed_addresses"]
    assert all(one["is_example"] for one in [*examples, *elsewhere])
    assert nothing.json()["error"]["code"] == "RETENTION_SUBJECT_NOT_FOUND"
    assert (changed["basis"], changed["years"], changed["is_example"]) == (
        *("Our lawyer's letter", 5),
        False,
    )
    assert refused.status_code == 403
    kept = [one for step in steps for one in step["details"].get("kept", ())]
    assert ("Our lawyer's letter", "5 years after the end of the year of the record.") in [
        (one["law"], one["until"]) for one in kept
    ]
    assert back["is_example"]
