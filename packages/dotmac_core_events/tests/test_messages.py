from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from dotmac_core_events import (
    Channel,
    InvalidMessageError,
    MessageService,
    MessageState,
    MessageView,
    NewMessage,
    WantedMessages,
    create_worker,
    module,
    send_message,
    send_messages,
)
from dotmac_core_events.notifications.deliverer import MAX_ATTEMPTS, MessageDeliverer
from dotmac_core_events.notifications.repository import MessageRepository
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

HELLO = NewMessage(
    channel=Channel.EMAIL,
    recipient="ann@example.com",
    subject="Your invoice",
    text="It is ready.\n",
    topic="billing",
)


async def sent(database: Database, tenant: Tenant, *messages: NewMessage) -> list[UUID]:
    async with database.transaction(tenant.id) as session:
        return await send_messages(session, messages)


async def found(database: Database, tenant: Tenant) -> list[MessageView]:
    async with database.transaction(tenant.id) as session:
        return (await MessageService(session).page(WantedMessages()))[0]


async def facts(database: Database, tenant: Tenant) -> Sequence[tuple[str, dict[str, Any]]]:
    async with database.transaction(tenant.id) as session:
        rows = await session.execute(
            sa.text("SELECT name, payload FROM events.outbox WHERE name LIKE 'events.%'")
        )
        return [(row.name, row.payload) for row in rows]


async def test_a_message_is_delivered_by_the_worker(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    customer_id = new_id()
    message_id, _ = await sent(
        database,
        tenant,
        replace(HELLO, about=("customer", customer_id)),
        replace(HELLO, recipient="bo@example.com"),
    )

    drained = await create_worker([module], database).drain(tenant.id)

    assert drained.jobs == 1
    assert [mail.recipient for mail in mail_sink.received] == ["ann@example.com", "bo@example.com"]
    async with database.transaction(tenant.id) as session:
        message = await MessageService(session).get(message_id)
    assert (message.state, message.attempts) == (MessageState.SENT, 1)
    assert message.provider_id == "2.0.0 Ok: queued as SINK1"
    assert (await facts(database, tenant))[0] == (
        "events.message_sent",
        {
            "message_id": str(message_id),
            "channel": "email",
            "topic": "billing",
            "subject": "Your invoice",
            "about_kind": "customer",
            "about_id": str(customer_id),
        },
    )


async def test_what_is_rolled_back_is_not_sent(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    async def undone() -> None:
        async with database.transaction(tenant.id) as session:
            await send_message(session, HELLO)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()

    assert await mail_sink.deliver_messages() == []
    assert await found(database, tenant) == []


async def test_each_channel_goes_its_own_way(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    text = replace(HELLO, channel=Channel.SMS, recipient="+46 70 123 45 67", text="Tomorrow.")
    note = replace(HELLO, channel=Channel.IN_APP, recipient=str(new_id()))
    await sent(database, tenant, text, note)

    assert await mail_sink.deliver_messages() == []

    assert [(one.recipient, one.text) for one in mail_sink.texts] == [("+46701234567", "Tomorrow.")]
    assert {message.state for message in await found(database, tenant)} == {MessageState.SENT}


async def test_a_secret_is_erased_once_it_is_sent_or_given_up(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    mail_sink.answer("550 5.1.1 No such user")
    secret = replace(HELLO, is_secret=True, text="Code 123456", html="<p>123456</p>")
    await sent(database, tenant, secret, secret)

    [mail] = await mail_sink.deliver_messages()

    assert "123456" in mail.text
    assert [(m.state, m.text, m.html) for m in await found(database, tenant)] == [
        (MessageState.SENT, None, None),
        (MessageState.FAILED, None, None),
    ]
    assert "123456" not in str(await facts(database, tenant))


async def test_what_the_server_puts_off_is_tried_again(
    database: Database, tenant: Tenant, mail_sink: MailSink, clock: FrozenClock
) -> None:
    mail_sink.answer("451 4.7.1 Greylisted, come back")
    await sent(database, tenant, HELLO, replace(HELLO, recipient="bo@example.com"))

    first = await mail_sink.deliver_messages()
    waiting = next(m for m in await found(database, tenant) if m.recipient == "ann@example.com")
    at_once = await mail_sink.deliver_messages()
    clock.advance(minutes=1)
    worker = create_worker([module], database)
    await worker.drain(tenant.id)

    assert [mail.recipient for mail in first] == ["bo@example.com"]
    assert (waiting.state, waiting.error) == (
        MessageState.QUEUED,
        "451 4.7.1 Greylisted, come back",
    )
    assert at_once == []
    assert [mail.recipient for mail in mail_sink.received] == ["bo@example.com", "ann@example.com"]
    [message] = [m for m in await found(database, tenant) if m.recipient == "ann@example.com"]
    assert (message.state, message.attempts, message.error) == (MessageState.SENT, 2, None)


async def test_what_the_server_refuses_is_given_up_at_once(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    mail_sink.answer("550 5.1.1 No such user")
    await sent(database, tenant, HELLO)

    await mail_sink.deliver_messages()

    [message] = await found(database, tenant)
    assert (message.state, message.error) == (MessageState.FAILED, "550 5.1.1 No such user")
    [(name, payload)] = await facts(database, tenant)
    assert (name, payload["is_permanent"]) == ("events.message_failed", True)


async def test_a_server_that_is_away_is_waited_for_and_then_given_up(
    database: Database, tenant: Tenant, mail_sink: MailSink, clock: FrozenClock
) -> None:
    port, mail_sink.port = mail_sink.port, 1
    await sent(database, tenant, HELLO, HELLO)

    await mail_sink.deliver_messages()
    refused = await found(database, tenant)
    mail_sink.port = port
    clock.advance(minutes=1)
    arrived = await mail_sink.deliver_messages()

    assert {(m.state, m.attempts) for m in refused} == {(MessageState.QUEUED, 1)}
    assert {m.error for m in refused} == {"The mail server: SMTPConnectError"}
    assert len(arrived) == 2


async def test_a_message_is_not_tried_for_ever(
    database: Database, tenant: Tenant, mail_sink: MailSink, clock: FrozenClock
) -> None:
    mail_sink.port = 1
    await sent(database, tenant, HELLO)

    for _ in range(MAX_ATTEMPTS + 1):
        await mail_sink.deliver_messages()
        clock.advance(hours=1)

    [message] = await found(database, tenant)
    assert (message.state, message.attempts) == (MessageState.FAILED, MAX_ATTEMPTS)
    [(name, payload)] = await facts(database, tenant)
    assert (name, payload["is_permanent"]) == ("events.message_failed", False)


class _PowerCutError(BaseException):
    """The process ends."""


async def test_a_crash_between_sending_and_writing_repeats_the_mail_under_the_same_id(
    database: Database,
    tenant: Tenant,
    mail_sink: MailSink,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await sent(database, tenant, HELLO)

    async def crash(*_: object) -> bool:
        raise _PowerCutError

    with monkeypatch.context() as patched:
        patched.setattr(MessageRepository, "sent", crash)
        with pytest.raises(_PowerCutError):
            await mail_sink.deliver_messages()
    while_leased = await mail_sink.deliver_messages()
    clock.advance(minutes=2)
    await mail_sink.deliver_messages()

    assert while_leased == []
    ids = [mail.message["Message-ID"] for mail in mail_sink.received]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    [message] = await found(database, tenant)
    assert (message.state, message.attempts) == (MessageState.SENT, 2)


async def test_two_workers_do_not_send_the_same_message(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    await sent(database, tenant, *[HELLO] * 50)
    first, second = (MessageDeliverer(database, mail_sink.deliveries) for _ in range(2))

    async with database.transaction(tenant.id) as session:  # a third one that has taken some
        await MessageRepository(session).claim(
            new_id(), limit=5, now=database.clock.now(), until=database.clock.now()
        )
        tried = [await first.deliver_due(tenant.id), await second.deliver_due(tenant.id)]

    assert tried == [45, 0]
    assert len({mail.message["Message-ID"] for mail in mail_sink.received}) == 45


async def test_a_message_waits_for_its_time_and_not_longer_than_it_is_of_use(
    database: Database, tenant: Tenant, mail_sink: MailSink, clock: FrozenClock
) -> None:
    now = clock.now()
    held = replace(HELLO, not_before=now.replace(hour=18))
    stale = replace(HELLO, subject="Code", not_before=held.not_before, not_after=held.not_before)
    await sent(database, tenant, held, stale)
    worker = create_worker([module], database)

    await worker.drain(tenant.id)
    too_early = len(mail_sink.received)
    clock.move_to(now.replace(hour=18, minute=1))
    await worker.drain(tenant.id)

    assert too_early == 0
    assert [mail.subject for mail in mail_sink.received] == ["Your invoice"]
    assert sorted(m.state.value for m in await found(database, tenant)) == ["failed", "sent"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "ann@example.com\r\nBcc: all@example.com"),
        ("recipient", "ann@example.com, bo@example.com"),
        ("recipient", "ann"),
        ("subject", "Hello\nBcc: all@example.com"),
        ("subject", "Hello\u2028Bcc: all@example.com"),
        ("subject", "x" * 501),
        ("sender_name", "Acme\r\nReply-To: evil@example.com"),
        ("unsubscribe_url", "https://example.com/\r\nX: y"),
        ("unsubscribe_url", "javascript:alert(1)"),
        ("language", "en\nX: y"),
        ("topic", "Billing things"),
        ("text", "a\x00b"),
    ],
)
async def test_headers_cannot_be_put_in(
    database: Database, tenant: Tenant, field: str, value: str
) -> None:
    changes: dict[str, Any] = {field: value}

    with pytest.raises(InvalidMessageError) as refused:
        await sent(database, tenant, replace(HELLO, **changes))

    assert refused.value.details == {"field": field}


async def test_a_text_message_needs_a_number(database: Database, tenant: Tenant) -> None:
    with pytest.raises(InvalidMessageError):
        await sent(database, tenant, replace(HELLO, channel=Channel.SMS, recipient="0701234567"))


async def test_the_headers_are_right_and_everything_arrives_as_it_was_written(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    url = "https://dotmac.example/unsubscribe?token=" + "a1" * 150
    text = "Zoë, Ω and 漢字. " + "long " * 300 + "\n.\nFrom here\n"
    [message_id] = await sent(
        database,
        tenant,
        replace(
            HELLO,
            subject="Faktura för Åsa: " + "ö" * 120,
            text=text,
            html=f"<p>{text}</p>",
            sender_name='Åkes "Fiber" AB, Sundsvall',
            unsubscribe_url=url,
            language="sv",
        ),
    )

    [mail] = await mail_sink.deliver_messages()

    headers = mail.message
    assert mail.subject == "Faktura för Åsa: " + "ö" * 120
    assert mail.text == text
    assert "漢字" in mail.html
    assert headers["From"].addresses[0].display_name == 'Åkes "Fiber" AB, Sundsvall'
    assert headers["From"].addresses[0].addr_spec == mail.sender == "no-reply@dotmac.example"
    assert headers["Message-ID"] == f"<{message_id}@dotmac.example>"
    assert headers["Date"].datetime == database.clock.now()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in mail.raw
    assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998
    assert mail.raw.isascii()


async def test_an_address_that_is_not_ascii_is_written_to(
    database: Database, tenant: Tenant, mail_sink: MailSink
) -> None:
    await sent(database, tenant, replace(HELLO, recipient="åsa@exämple.com"))

    [mail] = await mail_sink.deliver_messages()

    assert mail.recipient == "åsa@xn--exmple-cua.com"
