from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn, signed_in_clients
from dotmac_core_events import Channel, NewMessage, module, send_messages
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

CUSTOMER = new_id()
BILL = NewMessage(
    channel=Channel.EMAIL,
    recipient="ann@example.com",
    subject="Your invoice",
    text="It is ready.\n",
    topic="billing",
    about=("customer", CUSTOMER),
)
CODE = replace(BILL, topic="security", subject="Your code", text="123456", is_secret=True)
TEXT = replace(BILL, channel=Channel.SMS, recipient="+46701234567", topic="service", about=None)


@pytest.fixture
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    async with signed_in_clients(database, module) as opened:
        yield opened


@pytest.fixture
def client(signed_in: SignedIn, tenant: Tenant) -> httpx.AsyncClient:
    return signed_in(tenant)


@pytest.fixture(autouse=True)
async def _sent(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await send_messages(session, [BILL, CODE, TEXT])


async def listed(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/messages", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


@pytest.mark.parametrize(
    ("query", "topics"),
    [
        ({}, ["service", "security", "billing"]),
        ({"about": "customer", "about_id": str(CUSTOMER)}, ["security", "billing"]),
        ({"about_id": str(new_id())}, []),
        ({"channel": "sms"}, ["service"]),
        ({"topic": "billing"}, ["billing"]),
        ({"state": "queued"}, ["service", "security", "billing"]),
        ({"state": "sent"}, []),
        ({"recipient": "ann@example.com", "per_page": "1"}, ["security"]),
    ],
)
async def test_messages_are_found_by_what_is_known_of_them(
    client: httpx.AsyncClient, query: dict[str, str], topics: list[str]
) -> None:
    assert [message["topic"] for message in await listed(client, **query)] == topics


async def test_a_message_shows_what_it_says_unless_that_was_a_secret(
    client: httpx.AsyncClient, mail_sink: MailSink
) -> None:
    await mail_sink.deliver_messages()
    bill, code = [(await listed(client, topic=topic))[0]["id"] for topic in ("billing", "security")]

    read = (await client.get(f"/messages/{bill}")).json()["data"]
    erased = (await client.get(f"/messages/{code}")).json()["data"]

    assert (read["state"], read["text"]) == ("sent", "It is ready.\n")
    assert (erased["is_secret"], erased["text"], erased["html"]) == (True, None, None)


async def test_a_message_is_sent_again_as_another_one(
    client: httpx.AsyncClient, mail_sink: MailSink
) -> None:
    bill, code = [(await listed(client, topic=topic))[0]["id"] for topic in ("billing", "security")]
    too_early = await client.post(f"/messages/{bill}/resend")
    await mail_sink.deliver_messages()

    again = await client.post(f"/messages/{bill}/resend")
    erased = await client.post(f"/messages/{code}/resend")
    [mail] = await mail_sink.deliver_messages()

    assert too_early.json()["error"]["code"] == "MESSAGE_STILL_QUEUED"
    assert again.status_code == 201
    assert again.json()["data"]["resend_of"] == bill
    assert (erased.status_code, erased.json()["error"]["code"]) == (409, "MESSAGE_ERASED")
    assert mail.subject == "Your invoice"
    assert again.json()["data"]["id"] in mail.message["Message-ID"]


async def test_reading_and_sending_again_are_permissions_of_their_own(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant
) -> None:
    [bill] = await listed(client, topic="billing")
    reader, writer = (
        signed_in(tenant, "messages:read"),
        signed_in(tenant, "messages:write"),
    )

    denied = [
        await writer.get("/messages"),
        await writer.get(f"/messages/{bill['id']}"),
        await reader.post(f"/messages/{bill['id']}/resend"),
    ]

    assert [answer.status_code for answer in denied] == [403, 403, 403]


async def test_another_tenant_sees_and_sends_nothing(
    client: httpx.AsyncClient,
    signed_in: SignedIn,
    second_tenant: Tenant,
    mail_sink: MailSink,
) -> None:
    [bill] = await listed(client, topic="billing")
    other = signed_in(second_tenant)

    refused = [
        await other.get(f"/messages/{bill['id']}"),
        await other.post(f"/messages/{bill['id']}/resend"),
    ]

    assert await listed(other) == []
    assert [answer.status_code for answer in refused] == [404, 404]
    assert await mail_sink.deliver_messages(second_tenant) == []
