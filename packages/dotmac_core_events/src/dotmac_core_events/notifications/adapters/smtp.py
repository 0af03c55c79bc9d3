"""E-mail over SMTP."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parseaddr
from typing import Literal

import aiosmtplib

from dotmac_core_events.notifications.errors import UndeliverableError
from dotmac_core_events.notifications.mail import as_mail, wire_address
from dotmac_core_events.notifications.outgoing import NotNowError, Outgoing, Send, UnreachableError
from dotmac_core_ops.clock import Clock, SystemClock

Tls = Literal["starttls", "tls", "none"]

_PERMANENT = 500  # RFC 5321, 4.2.1: 4yz may succeed later, 5yz will not
_LONGEST_ANSWER = 500


class SmtpDelivery:
    """Sends over one connection as long as there is something to send."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        mail_from: str,
        tls: Tls = "starttls",
        login: tuple[str, str] | None = None,
        timeout_seconds: float = 20,
        clock: Clock | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`context` None trusts the authorities that this machine trusts."""
        self._mail_from = mail_from
        self._envelope_from = parseaddr(mail_from)[1]
        self._clock = clock or SystemClock()
        username, password = login or (None, None)
        self._options = {
            "hostname": host,
            "port": port,
            "username": username,
            "password": password,
            "use_tls": tls == "tls",
            "start_tls": tls == "starttls",
            "timeout": timeout_seconds,
            "tls_context": None if tls == "none" else context or ssl.create_default_context(),
        }

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Send]:
        """Connects with the first message, and again after the server has hung up."""
        server = aiosmtplib.SMTP(**self._options)  # type: ignore[arg-type]  # one dictionary, many types

        async def send(message: Outgoing) -> str | None:
            if not server.is_connected:
                await _connect(server)
            return await self._send(server, message)

        try:
            yield send
        finally:
            if server.is_connected:
                server.close()

    async def _send(self, server: aiosmtplib.SMTP, message: Outgoing) -> str:
        mail = as_mail(message, mail_from=self._mail_from, at=self._clock.now())
        recipient = wire_address(message.recipient)
        try:
            # Its bytes, because the client's own way of writing a message folds headers again.
            _, answer = await server.sendmail(
                self._envelope_from,
                [recipient],
                mail.as_bytes(),
                mail_options=None if recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"],
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0].code, error.recipients[0].message) from error
        except aiosmtplib.SMTPDataError as error:
            raise _judged(error.code, error.message) from error
        except aiosmtplib.SMTPNotSupported as error:
            # The address needs what this server cannot do (RFC 6531), today and tomorrow.
            raise UndeliverableError(str(error)[:_LONGEST_ANSWER]) from error
        return answer[:_LONGEST_ANSWER]


async def _connect(server: aiosmtplib.SMTP) -> None:
    try:
        await server.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        # Also when it does not know us: that is mended here, and no message is lost by it.
        raise UnreachableError(f"The mail server: {type(error).__name__}") from error


def _judged(code: int, answer: str) -> Exception:
    said = f"{code} {answer}"[:_LONGEST_ANSWER]
    return UndeliverableError(said) if code >= _PERMANENT else NotNowError(said)
