from __future__ import annotations

import hashlib
import json
from uuid import UUID

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import create_worker
from dotmac_core_events import module as events_module
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.testing import Tenant
from dotmac_customers import ContactChannel, NoticeService, Topic, Words, module
from dotmac_customers.personal.service import person_of, personal_data
from packages.dotmac_customers.tests.communication.conftest import Made
from packages.dotmac_customers.tests.communication.wishes import (
    OFFER,
    OPT_IN,
    code,
    decided,
    preference,
)


async def test_what_a_customer_does_not_want_is_not_sent_and_the_reason_is_kept(
    client: httpx.AsyncClient, made: Made, mail_sink: MailSink
) -> None:
    path = f"/customers/{(await made())['id']}"
    fix = {"topic": "technical", "subject": "Maintenance", "text": "Tonight."}

    before = await client.post(f"{path}/notices", json=fix)
    changed = await client.put(
        f"{path}/communication-preferences",
        json={"preferences": [{"channel": "email", "topic": "technical", "is_enabled": False}]},
    )
    after = await client.post(f"{path}/notices", json=fix)
    bill = await client.post(f"{path}/notices", json={**fix, "topic": "billing"})

    assert changed.status_code == 200
    assert await preference(client, path, "technical") == {
        "channel": "email",
        "topic": "technical",
        "is_enabled": False,
        "is_default": False,
        "needs_consent": False,
        "has_consent": False,
    }
    assert (decided(before), decided(after), decided(bill)) == (
        ("sent", None),
        ("refused", "switched_off"),
        ("sent", None),
    )
    assert len(await mail_sink.deliver_messages()) == 2
    kept = (await client.get(f"{path}/notices")).json()
    assert [(one["topic"], one["outcome"]) for one in kept["data"]] == [
        ("billing", "sent"),
        ("technical", "refused"),
        ("technical", "sent"),
    ]
    assert kept["meta"]["pagination"]["total"] == 3


async def test_marketing_needs_consent_and_a_withdrawal_ends_it(
    client: httpx.AsyncClient, made: Made
) -> None:
    path = f"/customers/{(await made())['id']}"

    without = await client.post(f"{path}/notices", json=OFFER)
    unfounded = await client.post(
        f"{path}/consents", json={**OPT_IN, "text_version": None, "wording": None}
    )
    given = await client.post(f"{path}/consents", json=OPT_IN)
    by_text = await client.post(f"{path}/notices", json={**OFFER, "channel": "sms"})
    agreed = await client.post(f"{path}/notices", json=OFFER)
    withdrawal = {**OPT_IN, "decision": "withdrawn", "method": "customer_request"}
    await client.post(f"{path}/consents", json=withdrawal)
    withdrawn = await client.post(f"{path}/notices", json=OFFER)

    assert code(unfounded) == "422 CONSENT_WITHOUT_TEXT"
    assert given.json()["data"]["recorded_by"] == "somebody"
    assert decided(without) == decided(by_text) == ("refused", "no_consent")
    assert decided(agreed) == ("sent", None)
    assert decided(withdrawn) == ("refused", "no_consent")
    listed = (await client.get(f"{path}/consents")).json()["data"]
    assert [one["decision"] for one in listed] == ["given", "withdrawn"]
    assert listed[0]["source_address"] == "203.0.113.7"


async def test_the_proof_of_consent_can_be_checked(client: httpx.AsyncClient, made: Made) -> None:
    customer = await made()
    path = f"/customers/{customer['id']}"
    await client.post(f"{path}/consents", json={**OPT_IN, "wording": "Yes, send me offers. Åäö"})

    answer = await client.get(f"{path}/consents/proof")

    proof = answer.json()["data"]
    canonical = json.dumps(
        proof["records"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert answer.headers["content-disposition"].startswith('attachment; filename="consents-C-')
    assert proof["customer_number"] == customer["number"]
    assert proof["records"][0]["wording"] == "Yes, send me offers. Åäö"
    assert proof["sha256"] == hashlib.sha256(canonical.encode()).hexdigest()


async def test_a_consent_is_not_changed_by_anybody(
    client: httpx.AsyncClient, made: Made, database: Database, tenant: Tenant
) -> None:
    path = f"/customers/{(await made())['id']}"
    await client.post(f"{path}/consents", json=OPT_IN)

    for statement in ("UPDATE customers.consents SET note = 'x'", "DELETE FROM customers.consents"):
        with pytest.raises(Exception, match="permission denied"):
            async with database.transaction(tenant.id) as session:
                await (await session.connection()).exec_driver_sql(statement)


async def test_what_is_held_in_the_night_arrives_in_the_morning(  # noqa: PLR0917 - each is a fixture
    client: httpx.AsyncClient,
    made: Made,
    mail_sink: MailSink,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
) -> None:
    path = f"/customers/{(await made(time_zone='America/New_York'))['id']}"
    # It is 12:00 in London and 7:00 in New York.
    quiet = await client.put(
        f"{path}/quiet-hours", json={"starts": "21:00", "ends": "08:00", "time_zone": None}
    )
    worker = create_worker([events_module, module], database)

    held = await client.post(f"{path}/notices", json={**OFFER, "topic": "service"})
    emergency = await client.post(f"{path}/notices", json={**OFFER, "topic": "emergency"})
    await worker.drain(tenant.id)
    in_the_night = [mail.subject for mail in mail_sink.received]
    clock.advance(hours=1, minutes=1)
    await worker.drain(tenant.id)

    assert quiet.json()["data"]["quiet_hours"]["starts"] == "21:00:00"
    assert decided(held) == ("held", "quiet_hours")
    assert held.json()["data"]["send_at"] == "2026-11-20T13:00:00Z"
    assert decided(emergency) == ("sent", None)
    assert len(in_the_night) == 1
    assert len(mail_sink.received) == 2
    cleared = await client.delete(f"{path}/quiet-hours")
    assert cleared.json()["data"]["quiet_hours"] is None


async def test_wishes_that_mean_nothing_are_refused(client: httpx.AsyncClient, made: Made) -> None:
    path = f"/customers/{(await made())['id']}"
    off = {"channel": "sms", "topic": "emergency", "is_enabled": False}

    refused = [
        await client.put(f"{path}/communication-preferences", json={"preferences": [off]}),
        await client.put(f"{path}/quiet-hours", json={"starts": "22:00", "ends": "22:00"}),
        await client.put(
            f"{path}/quiet-hours",
            json={"starts": "22:00", "ends": "07:00", "time_zone": "Mars/Base"},
        ),
        await client.post(f"{path}/notices", json={**OFFER, "channel": "mail"}),
    ]

    assert [code(answer) for answer in refused] == [
        "422 TOPIC_ALWAYS_ON",
        "422 QUIET_HOURS_EMPTY",
        "422 UNKNOWN_TIME_ZONE",
        "422 CHANNEL_NOT_SENT",
    ]


async def test_an_address_that_does_not_exist_is_not_written_to_again(
    client: httpx.AsyncClient,
    made: Made,
    mail_sink: MailSink,
    database: Database,
    tenant: Tenant,
) -> None:
    path = f"/customers/{(await made())['id']}"
    note = {**OFFER, "topic": "service"}
    mail_sink.answer("550 5.1.1 No such user")
    worker = create_worker([events_module, module], database)

    first = await client.post(f"{path}/notices", json=note)
    await worker.drain(tenant.id)
    second = await client.post(f"{path}/notices", json=note)
    found = await client.get("/suppressed-addresses", params={"address": "Ann@Example.com"})
    [row] = found.json()["data"]
    released = await client.delete(f"/suppressed-addresses/{row['id']}")
    third = await client.post(f"{path}/notices", json=note)

    assert (decided(first), decided(second)) == (("sent", None), ("refused", "suppressed"))
    assert (row["reason"], row["message_id"]) == (
        "bounced",
        first.json()["data"]["message_id"],
    )
    assert released.status_code == 204
    assert decided(third) == ("sent", None)
    again = await client.delete(f"/suppressed-addresses/{row['id']}")
    assert code(again) == "404 SUPPRESSED_ADDRESS_NOT_FOUND"


async def test_somebody_who_complained_is_not_written_to(
    client: httpx.AsyncClient, made: Made
) -> None:
    path = f"/customers/{(await made())['id']}"
    complaint = {"channel": "email", "address": " ANN@example.com ", "reason": "complained"}

    first = await client.post("/suppressed-addresses", json=complaint)
    twice = await client.post("/suppressed-addresses", json={**complaint, "reason": "manual"})
    answer = await client.post(f"{path}/notices", json={**OFFER, "topic": "billing"})

    assert first.json()["data"] == twice.json()["data"]
    assert decided(answer) == ("refused", "suppressed")


async def test_who_was_forgotten_is_still_not_written_to(
    client: httpx.AsyncClient, made: Made, database: Database, tenant: Tenant
) -> None:
    ann = await made()
    complaints = [
        {"channel": "email", "address": "ann@example.com", "reason": "complained"},
        {"channel": "sms", "address": "+46701234567", "reason": "complained"},
    ]
    for complaint in complaints:
        await client.post("/suppressed-addresses", json=complaint)
    async with database.transaction(tenant.id) as session:
        await personal_data.erase(session, await person_of(session, UUID(ann["id"])))

    path = f"/customers/{(await made(name='Another Ann'))['id']}"
    mail = await client.post(f"{path}/notices", json={**OFFER, "topic": "billing"})
    text = await client.post(
        f"{path}/notices", json={**OFFER, "topic": "billing", "channel": "sms"}
    )
    again = await client.post("/suppressed-addresses", json=complaints[0])
    listed = (await client.get("/suppressed-addresses")).json()["data"]

    assert decided(mail) == decided(text) == ("refused", "suppressed")
    assert {one["address"] for one in listed} == {None}
    assert again.json()["data"]["id"] in {one["id"] for one in listed}


async def test_names_and_subjects_put_nothing_into_headers(
    client: httpx.AsyncClient, made: Made, mail_sink: MailSink
) -> None:
    path = f"/customers/{(await made())['id']}"
    subject = "Hello\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>"

    await client.post(
        f"{path}/notices",
        json={"topic": "service", "subject": subject, "text": "<img src=x onerror=alert(1)>"},
    )
    [mail] = await mail_sink.deliver_messages()

    assert mail.subject == "Hello Bcc: all@example.com <script>alert(1)</script>"
    assert mail.message["Bcc"] is None
    assert "<img src=x" not in mail.html
    assert "<img src=x" in mail.text


async def test_a_text_message_goes_to_the_number_as_it_is_dialled(
    client: httpx.AsyncClient, made: Made, mail_sink: MailSink
) -> None:
    path = f"/customers/{(await made())['id']}"
    without = f"/customers/{(await made(phone=None))['id']}"
    note = {**OFFER, "topic": "service", "channel": "sms"}

    sent = await client.post(f"{path}/notices", json=note)
    refused = await client.post(f"{without}/notices", json=note)
    await mail_sink.deliver_messages()

    assert (decided(sent), decided(refused)) == (("sent", None), ("refused", "no_address"))
    [text] = mail_sink.texts
    assert text.recipient == "+46701234567"
    assert text.text.startswith("DotMac:\nTwice as fast.")


async def test_many_customers_are_told_in_a_handful_of_statements(
    made: Made, database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    ids = [(await made(email=f"c{n}@example.com"))["id"] for n in range(30)]
    words = {
        customer_id: Words(f"Hello {customer_id}", ("News.",)) for customer_id in map(UUID, ids)
    }

    async with database.transaction(tenant.id) as session:
        counted: list[str] = []
        connection = await driver_connection(session)
        with connection.query_logger(lambda query: counted.append(query.query)):
            notices = await NoticeService(session).notify(
                words, Topic.SERVICE, channel=ContactChannel.EMAIL
            )
    arrived = await mail_sink.deliver_messages()

    assert [notice.customer_id for notice in notices] == list(words)
    assert len(counted) < 12
    assert {mail.subject for mail in arrived} == {f"Hello {one}" for one in ids}


async def test_each_route_asks_for_its_own_permission(
    signed_in: SignedIn, tenant: Tenant, made: Made
) -> None:
    path = f"/customers/{(await made())['id']}"
    reader, writer = signed_in(tenant, "customers:read"), signed_in(tenant, "customers:write")
    on = {"channel": "email", "topic": "service", "is_enabled": True}

    denied = [
        await writer.get(f"{path}/communication-preferences"),
        await writer.get(f"{path}/consents"),
        await writer.get(f"{path}/consents/proof"),
        await writer.get(f"{path}/notices"),
        await writer.get("/suppressed-addresses"),
        await reader.put(f"{path}/communication-preferences", json={"preferences": [on]}),
        await reader.put(f"{path}/quiet-hours", json={"starts": "22:00", "ends": "07:00"}),
        await reader.delete(f"{path}/quiet-hours"),
        await reader.post(f"{path}/consents", json=OPT_IN),
        await reader.post(f"{path}/notices", json=OFFER),
        await writer.post(f"{path}/notices", json=OFFER),
        await writer.post("/suppressed-addresses", json={}),
        await reader.delete(f"/suppressed-addresses/{new_id()}"),
    ]

    assert {code(answer) for answer in denied} == {"403 PERMISSION_DENIED"}


async def test_another_tenant_sees_and_changes_nothing(
    client: httpx.AsyncClient, signed_in: SignedIn, second_tenant: Tenant, made: Made
) -> None:
    path = f"/customers/{(await made())['id']}"
    await client.post(f"{path}/consents", json=OPT_IN)
    await client.post(
        "/suppressed-addresses",
        json={"channel": "email", "address": "ann@example.com", "reason": "manual"},
    )
    other = signed_in(second_tenant)
    on = {"channel": "email", "topic": "service", "is_enabled": True}

    refused = [
        await other.get(f"{path}/communication-preferences"),
        await other.put(f"{path}/communication-preferences", json={"preferences": [on]}),
        await other.put(f"{path}/quiet-hours", json={"starts": "22:00", "ends": "07:00"}),
        await other.delete(f"{path}/quiet-hours"),
        await other.get(f"{path}/consents"),
        await other.get(f"{path}/consents/proof"),
        await other.post(f"{path}/consents", json=OPT_IN),
        await other.get(f"{path}/notices"),
        await other.post(f"{path}/notices", json=OFFER),
    ]

    assert {code(answer) for answer in refused} == {"404 CUSTOMER_NOT_FOUND"}
    assert (await other.get("/suppressed-addresses")).json()["data"] == []
