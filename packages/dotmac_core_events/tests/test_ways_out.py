"""Twilio and the folder at the wire, and the look of a message."""

from __future__ import annotations

import stat
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from dotmac_core_events import Channel, Look, rendered
from dotmac_core_events.notifications.adapters.configured import configured_deliveries
from dotmac_core_events.notifications.adapters.folder import FolderDelivery
from dotmac_core_events.notifications.adapters.smtp import SmtpDelivery
from dotmac_core_events.notifications.adapters.twilio import TwilioDelivery
from dotmac_core_events.notifications.errors import UndeliverableError
from dotmac_core_events.notifications.outgoing import Delivery, Outgoing, UnreachableError
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import new_id
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import TEST_NOW


def outgoing(channel: Channel = Channel.EMAIL, recipient: str = "ann@example.com") -> Outgoing:
    return Outgoing(
        id=new_id(),
        channel=channel,
        recipient=recipient,
        sender_name="Acme",
        subject="Hello",
        text="Good morning, Zoë.",
        html=None,
        topic="service",
        about_kind=None,
        about_id=None,
        language=None,
        unsubscribe_url=None,
        attempts=1,
        not_after=None,
        created_at=TEST_NOW,
    )


async def handed_over(delivery: Delivery, message: Outgoing) -> str | None:
    async with delivery.opened() as send:
        return await send(message)


TEXT = outgoing(Channel.SMS, "+46 (0)70-123 45 67")


async def test_a_text_message_goes_to_twilio_with_account_and_number() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"sid": "SM1", "status": "queued"})

    delivery = TwilioDelivery("AC1", "secret", "MG7", transport=httpx.MockTransport(answer))

    assert await handed_over(delivery, TEXT) == "SM1"
    [request] = seen
    assert str(request.url) == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    assert request.headers["authorization"] == httpx.BasicAuth("AC1", "secret")._auth_header
    assert parse_qs(request.content.decode()) == {
        "MessagingServiceSid": ["MG7"],
        "To": ["+460701234567"],
        "Body": ["Good morning, Zoë."],
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, UndeliverableError),
        (401, UnreachableError),
        (429, UnreachableError),
        (500, UnreachableError),
        (503, UnreachableError),
    ],
)
async def test_what_twilio_answers_says_whether_it_is_worth_another_try(
    status: int, expected: type[Exception]
) -> None:
    refusal = httpx.Response(status, json={"code": 21211, "message": "Invalid 'To' number"})
    delivery = TwilioDelivery("AC1", "s", "+1", transport=httpx.MockTransport(lambda _: refusal))

    with pytest.raises(expected) as refused:
        await handed_over(delivery, TEXT)

    assert ("21211" in str(refused.value)) == (expected is UndeliverableError)


async def test_a_carrier_that_is_away_is_tried_again() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    delivery = TwilioDelivery("AC1", "s", "+1", transport=httpx.MockTransport(away))

    with pytest.raises(UnreachableError, match="ConnectError"):
        await handed_over(delivery, TEXT)


async def test_a_mail_server_without_tls_gets_nothing_when_tls_is_wanted(
    mail_sink: MailSink,
) -> None:
    delivery = SmtpDelivery("127.0.0.1", mail_sink.port, mail_from="a@b.example", tls="starttls")

    with pytest.raises(UnreachableError):
        await handed_over(delivery, outgoing())

    assert mail_sink.received == []


async def test_without_servers_messages_are_files_that_only_we_read(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    delivery = FolderDelivery(
        folder, mail_from="DotMac <no-reply@dotmac.example>", clock=FrozenClock(TEST_NOW)
    )

    mail = await handed_over(delivery, outgoing())
    text = await handed_over(delivery, TEXT)

    assert mail is not None
    assert text is not None
    written = message_from_bytes((folder / mail).read_bytes(), policy=policy.default)
    assert written["From"] == "Acme <no-reply@dotmac.example>"
    assert mail.startswith("20261120-120000-")
    assert (folder / text).read_text() == "To: +46 (0)70-123 45 67\n\nGood morning, Zoë.\n"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_settings_choose_the_ways_out(tmp_path: Path) -> None:
    bare = configured_deliveries(Settings(dotmac_home=tmp_path))
    whole = configured_deliveries(
        Settings(
            smtp_host="mail.example.com",
            smtp_username="u",
            smtp_password="p",
            twilio_account_sid="AC1",
            twilio_auth_token="t",
            twilio_from="+15005550006",
        )
    )

    assert {type(bare[channel]) for channel in (Channel.EMAIL, Channel.SMS)} == {FolderDelivery}
    assert type(whole[Channel.EMAIL]) is SmtpDelivery
    assert type(whole[Channel.SMS]) is TwilioDelivery


def test_words_become_text_and_html_and_nothing_in_them_is_markup() -> None:
    made = rendered(
        Look("Acme & <Sons>", accent="#112233", footer="Acme, Main Street 1"),
        subject="Hello\r\nBcc: all@example.com <script>",
        paragraphs=("Dear <script>alert(1)</script>,\nwelcome.",),
        button=("Open", 'https://acme.example/?a="1&b=2'),
        code="123456",
        small_print="Ignore it.",
        unsubscribe_url="https://acme.example/unsubscribe?token=x",
    )

    assert made.subject == "Hello Bcc: all@example.com <script>"
    assert made.text == (
        "Dear <script>alert(1)</script>,\nwelcome.\n\n123456\n\n"
        'Open:\nhttps://acme.example/?a="1&b=2\n\n'
        "-- \nIgnore it.\nAcme, Main Street 1\n"
        "Unsubscribe: https://acme.example/unsubscribe?token=x\n"
    )
    assert "<script>" not in made.html
    assert 'href="https://acme.example/?a=&quot;1&amp;b=2"' in made.html
    assert "Acme &amp; &lt;Sons&gt;" in made.html
    assert made.sender_name == "Acme & <Sons>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "//x.example", "data:x"])
def test_a_link_leads_to_the_web(url: str) -> None:
    with pytest.raises(ValueError, match="link"):
        rendered(Look("Acme"), subject="x", paragraphs=(), button=("Go", url))


def test_a_colour_is_no_place_for_styles() -> None:
    with pytest.raises(ValueError, match="colour"):
        rendered(Look("Acme", accent="red;background:url(x)"), subject="x", paragraphs=())
