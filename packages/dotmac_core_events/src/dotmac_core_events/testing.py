"""Fixtures for tests of what sends messages (a pytest plugin).

Load it with `-p dotmac_core_events.testing`. No message leaves a test: what is delivered without
`mail_sink` goes to a temporary folder, and `mail_sink` is a real SMTP server on this machine.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from dotmac_core_events.notifications.adapters.configured import delivering_by
from dotmac_core_events.notifications.adapters.folder import FolderDelivery, InboxDelivery
from dotmac_core_events.notifications.adapters.smtp import SmtpDelivery
from dotmac_core_events.notifications.adapters.twilio import TwilioDelivery
from dotmac_core_events.notifications.deliverer import MessageDeliverer
from dotmac_core_events.notifications.message import Channel
from dotmac_core_events.notifications.outgoing import Deliveries
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

MAIL_FROM = "DotMac <no-reply@dotmac.example>"
_TWILIO = ("ACtest", "token", "+15005550006")
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class ReceivedMail:
    """An e-mail as the server received it."""

    sender: str
    recipient: str
    raw: bytes
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain part, with line feeds only."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty without one."""
        return self._part("html")

    @property
    def links(self) -> list[str]:
        """Addresses on the web in the plain part, in their order."""
        return _LINK.findall(self.text)

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True)
class ReceivedText:
    """A text message as the carrier received it."""

    recipient: str
    text: str


@dataclass
class MailSink:
    """What arrived, and what the servers are to answer.

    ```python
    await client.post("/auth/password/forgot", json={"email": "ann@example.com"})
    [mail] = await mail_sink.deliver_messages()
    assert mail.recipient == "ann@example.com"
    ```
    """

    database: Database
    tenant_id: UUID
    port: int = 0
    received: list[ReceivedMail] = field(default_factory=list)
    texts: list[ReceivedText] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def deliver_messages(self, tenant: Tenant | None = None) -> list[ReceivedMail]:
        """Deliver what is due, of the test's tenant or of that one; the e-mails that arrived."""
        before = len(self.received)
        tenant_id = tenant.id if tenant is not None else self.tenant_id
        await MessageDeliverer(self.database, self.deliveries).deliver_due(tenant_id)
        return self.received[before:]

    def answer(self, *answers: str) -> None:
        """Have the mail server say these to the next e-mails, such as `451 4.7.1 Try later`."""
        self.answers.extend(answers)

    @property
    def deliveries(self) -> Deliveries:
        """The ways that lead here."""
        carrier = httpx.MockTransport(self._carry)
        return {
            Channel.EMAIL: SmtpDelivery(
                "127.0.0.1",
                self.port,
                mail_from=MAIL_FROM,
                tls="none",
                clock=self.database.clock,
            ),
            Channel.SMS: TwilioDelivery(*_TWILIO, transport=carrier),
            Channel.IN_APP: InboxDelivery(),
        }

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take an e-mail, or answer as was asked for."""
        if self.answers:
            return self.answers.pop(0)
        raw = envelope.content
        assert isinstance(raw, bytes)
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self.received.append(ReceivedMail(str(envelope.mail_from), recipient, raw, parsed))
        return f"250 2.0.0 Ok: queued as SINK{len(self.received)}"

    def _carry(self, request: httpx.Request) -> httpx.Response:
        fields: Mapping[str, list[str]] = parse_qs(request.content.decode())
        self.texts.append(ReceivedText(fields["To"][0], fields["Body"][0]))
        return httpx.Response(201, json={"sid": f"SM{len(self.texts):032x}", "status": "queued"})


@pytest.fixture(scope="session", autouse=True)
def _no_message_leaves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = FolderDelivery(tmp_path_factory.mktemp("messages"), mail_from=MAIL_FROM)
    ways: Deliveries = {
        Channel.EMAIL: folder,
        Channel.SMS: folder,
        Channel.IN_APP: InboxDelivery(),
    }
    with delivering_by(ways):
        yield


@pytest.fixture
async def mail_sink(database: Database, tenant: Tenant) -> AsyncIterator[MailSink]:
    """A mail server and a carrier of text messages that keep what they are given."""
    sink = MailSink(database, tenant.id)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.example", loop=loop, enable_SMTPUTF8=True),
        "127.0.0.1",
        0,
    )
    sink.port = server.sockets[0].getsockname()[1]
    with delivering_by(sink.deliveries):
        yield sink
    server.close()
    await server.wait_closed()
