"""Notifications by e-mail."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from dotmac_billing.library.messages import Message, of_invoice, of_payment, of_subscription
from dotmac_billing.library.records import (
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    SubscriptionRecord,
)
from dotmac_core_ops.logging import get_logger

_IMPLICIT_TLS = 465
_log = get_logger(__name__)


class EmailNotifications:
    """Tells customers by e-mail over SMTP, with a plain text and a page of the same words.

    On port 465 the connection is encrypted from the start. On others it is before anything is said
    (`use_tls`), unless that is switched off, for a server of one's own.
    """

    def __init__(
        self,
        smtp_host: str,
        smtp_port: int = 587,
        username: str | None = None,
        password: str | None = None,
        *,
        use_tls: bool = True,
        from_email: str | None = None,
        from_name: str | None = None,
        timeout_seconds: float = 10.0,
    ) -> None:
        """`from_email` None is the user name, which must then be an address.

        Raises:
            TypeError: nobody to send as, or a user name without a password.
        """
        sender = from_email or username
        if sender is None or "@" not in sender:
            raise TypeError("from_email is missing, and username is no address")
        if (username is None) != (password is None):
            raise TypeError("username and password go together")
        self._host, self._port = smtp_host, smtp_port
        self._login = None if username is None or password is None else (username, password)
        self._tls = ssl.create_default_context() if use_tls else None
        self._from = Address(from_name or "", addr_spec=sender)
        self._timeout = timeout_seconds

    async def send_invoice_notification(
        self,
        customer: CustomerRecord,
        invoice: InvoiceRecord,
        notification_type: str = "invoice_created",
    ) -> bool:
        """Tell of an invoice; False when there is no address, or the server did not take it."""
        return await self._send(customer, of_invoice(customer, invoice, notification_type))

    async def send_payment_notification(
        self,
        customer: CustomerRecord,
        payment: PaymentRecord,
        notification_type: str = "payment_received",
    ) -> bool:
        """Tell of a payment that came in, or failed (`payment_failed`)."""
        return await self._send(customer, of_payment(customer, payment, notification_type))

    async def send_subscription_notification(
        self,
        customer: CustomerRecord,
        subscription: SubscriptionRecord,
        notification_type: str = "subscription_created",
    ) -> bool:
        """Tell of a new subscription, or of its end (`subscription_cancelled`)."""
        return await self._send(
            customer, of_subscription(customer, subscription, notification_type)
        )

    async def _send(self, customer: CustomerRecord, message: Message) -> bool:
        if customer.email is None:
            return False
        mail = EmailMessage()
        try:
            mail["To"] = Address(_one_line(customer.name), addr_spec=customer.email)
            mail["From"] = self._from
            mail["Subject"] = _one_line(message.subject)
            mail["Date"] = formatdate()
            mail["Message-ID"] = make_msgid(domain=self._from.domain)
            mail.set_content(message.text)
            mail.add_alternative(message.html, subtype="html")
            # The library of Python waits for the server; a thread of its own may do so.
            await asyncio.to_thread(self._deliver, mail)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            _log.warning("billing.mail_not_sent", customer=customer.customer_code, why=str(error))
            return False
        return True

    def _deliver(self, mail: EmailMessage) -> None:
        if self._tls is not None and self._port == _IMPLICIT_TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        with server:
            if self._tls is not None and self._port != _IMPLICIT_TLS:
                server.starttls(context=self._tls)
            if self._login is not None:
                server.login(*self._login)
            server.send_message(mail)


def _one_line(text: str) -> str:
    """Without line breaks, which would be headers of their own."""
    return " ".join(text.split())
