"""Every link that customers are given leads to the tenant's own domain, whatever a request says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dotmac_core_events.testing import MailSink
from dotmac_core_ops.database import Database
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_core_ops.testing import Tenant
from dotmac_identity import answering_txt
from dotmac_identity.domains.names import proof_of
from dotmac_identity.domains.service import DomainService

from .customers_over_http import created
from .documents.samples import PDF, path_of, taken

ELSEWHERE = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "host=evil.example;proto=https",
    "Referer": "https://evil.example/",
}


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[None]:
    with keeping_files_in(DiskFiles(tmp_path / "files")):
        yield


@pytest.fixture
async def domain(database: Database, tenant: Tenant) -> str:
    """A domain that the tenant has proved."""
    name = f"my.{tenant.slug}.example"
    async with database.transaction(tenant.id) as session:
        domains = DomainService(session)
        added = await domains.add(name)

        async def lookup(_: str) -> list[str]:
            return [proof_of(added.token)]

        with answering_txt(lookup):
            await domains.prove(added.id)
    return name


async def links(client: httpx.AsyncClient, mail_sink: MailSink) -> list[str]:
    """A link to a document, one to confirm an address, one to unsubscribe."""
    ann = await created(client, name="Ann", email="ann@example.com")
    path = f"/customers/{ann['id']}"
    document = await taken(client, ann, PDF)
    link = await client.post(f"{path_of(document)}/link", json={}, headers=ELSEWHERE)
    await client.post(f"{path}/verify-email", headers=ELSEWHERE)
    notice = {"topic": "service", "subject": "Works", "text": "No service on Monday."}
    await client.post(f"{path}/notices", json=notice, headers=ELSEWHERE)
    mails = await mail_sink.deliver_messages()
    assert len(mails) == 2
    return [link.json()["data"]["url"], *(url for mail in mails for url in mail.links)]


async def test_links_lead_to_the_own_domain(
    client: httpx.AsyncClient, mail_sink: MailSink, domain: str
) -> None:
    found = await links(client, mail_sink)

    assert len(found) == 3
    assert {urlsplit(url)[:2] for url in found} == {("https", domain)}


async def test_without_a_domain_of_its_own_links_lead_where_the_settings_say(
    client: httpx.AsyncClient, mail_sink: MailSink, database: Database
) -> None:
    found = await links(client, mail_sink)

    assert len(found) == 3
    assert {urlsplit(url)[:2] for url in found} == {urlsplit(database.public_url)[:2]}
