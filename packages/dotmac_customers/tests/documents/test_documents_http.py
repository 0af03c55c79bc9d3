"""Documents over HTTP, as a clerk, as who verifies, and as those who must not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import boto3
import httpx
import pytest
import sqlalchemy as sa
from moto.server import ThreadedMotoServer

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.files import FileStore, keeping_files_in
from dotmac_core_ops.files.s3 import S3Files
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from dotmac_customers.documents.models import Document
from dotmac_identity import EntitlementService
from packages.dotmac_customers.tests.customers_over_http import code, created

from .clamd import EICAR, Clamd
from .samples import PDF, image, link_of, path_of, taken, uploaded

WRITER = ("customers:read", "customers:write", "documents:read", "documents:write")


async def worked(database: Database, tenant: Tenant, *jobs: str) -> None:
    async with database.transaction(tenant.id) as session:
        for job in jobs:
            await enqueue(session, job)
    drained = await create_worker([module], database, database.clock).drain(tenant.id)
    assert drained.failed_events == drained.failed_jobs == 0


async def told(client: httpx.AsyncClient, customer: dict[str, str]) -> list[str]:
    answer = await client.get(f"/customers/{customer['id']}/timeline?kind=document")
    return [entry["title"] for entry in answer.json()["data"]]


async def test_a_document_is_uploaded_and_fetched_by_a_link(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")

    document = await taken(client, ann, name="../../etc/passport.pdf", expires_on="2026-11-20")
    url = await link_of(client, document)
    # A browser that follows the link sends nothing but the link.
    fetched = await client.get(urlsplit(url).path.removeprefix("/api/v1"))

    file = document["file"]
    assert (document["verification"], document["kind"], file["serial"]) == (
        "pending",
        "passport",
        1,
    )
    assert (file["media_type"], file["file_name"]) == ("application/pdf", "passport.pdf")
    assert (file["size"], file["sha256"]) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert fetched.content == PDF
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in fetched.headers["content-security-policy"]


async def test_a_link_is_altered_outlived_and_used_for_another_purpose(
    client: httpx.AsyncClient, clock: FrozenClock
) -> None:
    document = await taken(client, await created(client, name="Ann"))
    path = urlsplit(await link_of(client, document)).path.removeprefix("/api/v1")

    altered = await client.get(path[:-3] + ("AAA" if path[-3:] != "AAA" else "BBB"))
    first_letter = path.rindex("/") + 1
    other_tenant = await client.get(path[:first_letter] + "B" + path[first_letter + 1 :])
    clock.move_to(clock.now() + timedelta(minutes=5))
    late = await client.get(path)

    assert code(altered) == code(other_tenant) == "403 FILE_LINK_INVALID"
    assert code(late) == "403 FILE_LINK_EXPIRED"


async def test_a_link_leads_nowhere_once_the_document_is_deleted(
    client: httpx.AsyncClient,
) -> None:
    document = await taken(client, await created(client, name="Ann"))
    path = urlsplit(await link_of(client, document)).path.removeprefix("/api/v1")

    deleted = await client.delete(path_of(document))

    assert deleted.status_code == 204
    assert code(await client.get(path)) == "404 CUSTOMER_DOCUMENT_NOT_FOUND"
    assert code(await client.get(path_of(document))) == "404 CUSTOMER_DOCUMENT_NOT_FOUND"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photo.png"),
        (b"<html><script>alert(1)</script>", "passport.pdf"),
        (PDF + b"/S /JavaScript", "passport.pdf"),
        (image("GIF") + b"<script>alert(1)</script>", "photo.gif"),
        (b"MZ\x90\x00" + bytes(60), "photo.jpg"),
    ],
)
async def test_a_file_is_what_its_content_says(
    client: httpx.AsyncClient, content: bytes, name: str, store: FileStore, tenant: Tenant
) -> None:
    answer = await uploaded(client, await created(client, name="Ann"), content, name)

    assert code(answer) in {"422 DOCUMENT_TYPE_REFUSED", "422 FILE_TYPE_MISMATCH"}
    assert [file async for file in store.ids(tenant.id, older_than_seconds=-60)] == []


async def test_days_that_cannot_be_are_refused(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")

    assert code(await uploaded(client, ann, expires_on="2026-11-19")) == "422 DOCUMENT_EXPIRED"
    for days in (
        {"issued_on": "2026-11-21"},
        {"issued_on": "2026-11-20", "expires_on": "2026-11-19"},
    ):
        answer = await uploaded(client, ann, PDF, **days)
        assert code(answer).startswith("422 DOCUMENT_")
    assert (await uploaded(client, ann, expires_on="2026-11-20")).status_code == 201


async def test_a_tenant_chooses_size_and_types(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    before = (await client.get("/customer-documents/settings")).json()["data"]
    chosen = {"max_bytes": 2000, "media_types": ["application/pdf"]}

    put = await client.put("/customer-documents/settings", json=chosen)
    never = await client.put("/customer-documents/settings", json={"media_types": ["text/html"]})
    forbidden = await signed_in(tenant, *WRITER).put("/customer-documents/settings", json=chosen)

    assert before["max_bytes"] == 25_000_000
    assert put.json()["data"] == chosen | {"portal_uploads": False}
    assert never.status_code == 422
    assert code(forbidden) == "403 PERMISSION_DENIED"
    assert code(await uploaded(client, ann, image("PNG"))) == "422 DOCUMENT_TYPE_REFUSED"
    assert code(await uploaded(client, ann, PDF + b"%" * 2000)) == "422 FILE_TOO_LARGE"
    assert (await uploaded(client, ann)).status_code == 201


async def test_a_file_of_25_megabytes_is_taken_and_a_larger_one_is_not(
    client: httpx.AsyncClient,
) -> None:
    ann = await created(client, name="Ann")
    filled = PDF + b"%" * (25_000_000 - len(PDF))

    assert (await taken(client, ann, filled))["file"]["size"] == 25_000_000
    assert code(await uploaded(client, ann, filled + b"%")) == "422 FILE_TOO_LARGE"


async def test_a_newer_version_keeps_the_old_and_waits_for_verification(
    client: httpx.AsyncClient,
) -> None:
    document = await taken(client, await created(client, name="Ann"))
    verified = await client.post(
        f"{path_of(document)}/verification", json={"outcome": "verified", "note": "Seen."}
    )

    newer = await client.post(
        f"{path_of(document)}/versions", files={"file": ("new.pdf", PDF + b"%2\n", "x/y")}
    )
    versions = (await client.get(f"{path_of(document)}/versions")).json()["data"]
    old = await client.get(
        urlsplit(await link_of(client, document, serial=1)).path.removeprefix("/api/v1")
    )

    assert verified.json()["data"]["verification"] == "verified"
    assert verified.json()["data"]["verified_by"] == "somebody"
    assert newer.json()["data"]["verification"] == "pending"
    assert [version["serial"] for version in versions] == [2, 1]
    assert old.content == PDF


async def test_facts_are_changed_by_who_read_them(client: httpx.AsyncClient) -> None:
    document = await taken(client, await created(client, name="Ann"))
    change = {"number": "C01X00T47", "expires_on": "2030-01-31"}

    blind = await client.patch(path_of(document), json=change)
    etag = (await client.get(path_of(document))).headers["etag"]
    changed = await client.patch(path_of(document), json=change, headers={"If-Match": etag})
    late = await client.patch(path_of(document), json=change, headers={"If-Match": etag})

    assert (blind.status_code, late.status_code) == (428, 412)
    assert changed.json()["data"]["number"] == "C01X00T47"
    assert changed.json()["data"]["expires_on"] == "2030-01-31"


async def test_each_right_opens_its_own_door(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    document = await taken(client, await created(client, name="Ann"))
    path = path_of(document)
    reader = signed_in(tenant, "customers:read", "documents:read")
    stranger = signed_in(second_tenant)
    decision = {"outcome": "verified"}

    assert (await reader.get(path)).status_code == 200
    assert code(await uploaded(reader, {"id": document["customer_id"]})) == "403 PERMISSION_DENIED"
    assert code(await reader.delete(path)) == "403 PERMISSION_DENIED"
    refused = await signed_in(tenant, *WRITER).post(f"{path}/verification", json=decision)
    assert code(refused) == "403 PERMISSION_DENIED"
    assert code(await signed_in(tenant, "customers:read").get(path)) == "403 PERMISSION_DENIED"
    assert code(await stranger.get(path)) == "404 CUSTOMER_DOCUMENT_NOT_FOUND"
    assert code(await stranger.post(f"{path}/link", json={})) == "404 CUSTOMER_DOCUMENT_NOT_FOUND"
    assert (
        code(await uploaded(stranger, {"id": document["customer_id"]})) == "404 CUSTOMER_NOT_FOUND"
    )


async def test_private_documents_are_for_their_maker_and_those_who_may(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, database: Database
) -> None:
    ann = await created(client, name="Ann")
    document = await taken(client, ann, is_private="true")
    # The clients of these tests are all the same person; let somebody else have made it.
    await _made_by_somebody_else(database, tenant, document["id"])
    clerk = signed_in(tenant, *WRITER)

    assert code(await clerk.get(path_of(document))) == "404 CUSTOMER_DOCUMENT_NOT_FOUND"
    assert (await clerk.get(f"/customers/{ann['id']}/documents")).json()["data"] == []
    assert (await client.get(path_of(document))).status_code == 200


async def test_what_expires_is_announced_at_30_and_at_7_days(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    ann = await created(client, name="Ann")
    document = await taken(client, ann, expires_on="2026-12-20")
    today = clock.now()
    for days in (0, 1, 23, 24, 30, 31, 32):
        clock.move_to(today + timedelta(days=days))
        await worked(database, tenant, "customers.expire_documents")

    titles = await told(client, ann)
    read = (await client.get(path_of(document))).json()["data"]
    again = await client.post(f"{path_of(document)}/verification", json={"outcome": "verified"})

    assert titles == [
        "A document has expired: passport.",
        "A document expires soon: passport.",
        "A document expires soon: passport.",
        "A document was uploaded: passport.",
    ]
    assert read["verification"] == "expired"
    assert code(again) == "409 DOCUMENT_NOT_VERIFIABLE"


async def test_a_virus_is_refused(client: httpx.AsyncClient, clamd: Clamd) -> None:
    ann = await created(client, name="Ann")

    clean = await taken(client, ann)
    infected = await uploaded(client, ann, EICAR, "eicar.txt")
    listed = (await client.get(f"/customers/{ann['id']}/documents")).json()

    assert clean["file"]["scan"] == "clean"
    assert code(infected) == "422 DOCUMENT_INFECTED"
    assert infected.json()["error"]["details"] == {"signature": "Eicar-Signature"}
    assert clamd.scanned == [len(PDF), len(EICAR)]
    assert listed["meta"]["pagination"]["total"] == 1


async def test_while_the_scanner_is_away_nothing_is_handed_out(
    client: httpx.AsyncClient, clamd: Clamd, database: Database, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    await clamd.stop()
    good = await taken(client, ann)
    bad = await taken(client, ann, EICAR, "eicar.txt")
    refused = await client.post(f"{path_of(good)}/link", json={})

    await clamd.start()
    await worked(database, tenant, "customers.scan_documents")

    assert good["file"]["scan"] == bad["file"]["scan"] == "unscanned"
    assert code(refused) == "409 DOCUMENT_NOT_SCANNED"
    assert (await client.get(await _path(client, good))).content == PDF
    assert (await client.get(path_of(bad))).json()["data"]["file"]["scan"] == "infected"
    still = await client.post(f"{path_of(bad)}/link", json={})
    assert code(still) == "409 DOCUMENT_NOT_SCANNED"
    assert (await told(client, ann))[0] == "A document held a virus and was destroyed: passport."


async def test_deleted_files_go_after_thirty_days(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    document = await taken(client, await created(client, name="Ann"))
    await client.delete(path_of(document))

    await worked(database, tenant, "customers.purge_documents")
    kept = await _files(database, tenant)
    clock.move_to(clock.now() + timedelta(days=31))
    await worked(database, tenant, "customers.purge_documents")

    assert (kept, await _files(database, tenant)) == (1, 0)


async def test_a_plan_limits_how_much_is_kept_until_it_is_destroyed(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async with database.transaction(tenant.id) as session:
        await EntitlementService.within(session).grant("SMALL", {"storage_bytes": len(PDF)})
    ann = await created(client, name="Ann")
    document = await taken(client, ann)

    full = await uploaded(client, ann)
    await client.delete(path_of(document))
    deleted = await uploaded(client, ann)
    clock.move_to(clock.now() + timedelta(days=31))
    await worked(database, tenant, "customers.purge_documents")
    destroyed = await uploaded(client, ann)

    assert code(full) == code(deleted) == "403 LIMIT_REACHED"
    assert destroyed.status_code == 201, destroyed.text


@pytest.mark.integration
async def test_files_are_kept_in_s3(client: httpx.AsyncClient, s3: S3Files, tenant: Tenant) -> None:
    document = await taken(client, await created(client, name="Ann"), image("PNG"), "photo.png")
    fetched = await client.get(await _path(client, document))

    assert fetched.headers["content-type"] == "image/png"
    assert hashlib.sha256(fetched.content).hexdigest() == document["file"]["sha256"]
    assert len([file async for file in s3.ids(tenant.id, older_than_seconds=-60)]) == 1


@pytest.fixture
def s3() -> Iterator[S3Files]:
    """A bucket of a server that speaks S3."""
    with _s3_server() as endpoint:
        boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
        ).create_bucket(Bucket="documents")
        kept = S3Files("documents", endpoint_url=endpoint, access_key_id="k", secret_access_key="s")
        with keeping_files_in(kept):
            yield kept


@contextmanager
def _s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


async def _path(client: httpx.AsyncClient, document: dict[str, str]) -> str:
    return urlsplit(await link_of(client, document)).path.removeprefix("/api/v1")


async def _made_by_somebody_else(database: Database, tenant: Tenant, document_id: str) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(
            sa.update(Document).where(Document.id == UUID(document_id)).values(created_by="another")
        )


async def _files(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM core.files"))
