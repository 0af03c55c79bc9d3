"""A message as an e-mail: headers, both forms of the text, and nothing that others put in."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from dotmac_core_events.notifications.outgoing import Outgoing


class _Policy(EmailPolicy):
    """RFC 5322 with CRLF; addresses on the web stay whole.

    Python would fold a long address into encoded words, which mail programs do not read there. A
    line may have 998 characters (RFC 5322, 2.1.1).
    """

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - the standard library's signature
        """The header as it is written."""
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - see fold
        """The same as bytes."""
        return self.fold(name, value).encode("ascii" if not self.utf8 else "utf-8")


_POLICY = _Policy(linesep="\r\n", raise_on_defect=False)


def as_mail(message: Outgoing, *, mail_from: str, at: datetime) -> EmailMessage:
    """`message` as it goes over the wire at that instant.

    The Message-ID is made of the message's own id, so that a mail sent twice is known as one.
    """
    own_name, address = parseaddr(mail_from)
    local, _, domain = wire_address(message.recipient).rpartition("@")
    mail = EmailMessage(policy=_POLICY if local.isascii() else _POLICY.clone(utf8=True))
    mail["From"] = Address(message.sender_name or own_name, addr_spec=address)
    mail["To"] = Address(username=local, domain=domain)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(message, address)
    # RFC 3834: nobody's absence is answered to a machine.
    mail["Auto-Submitted"] = "auto-generated"
    if message.language is not None:
        mail["Content-Language"] = message.language
    if message.unsubscribe_url is not None:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    return mail


def wire_address(address: str) -> str:
    """`address` with its domain as the domain name system writes it: `exämple.com` as `xn--…`."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def message_id(message: Outgoing, address: str) -> str:
    """`<0191…@example.com>`."""
    return f"<{message.id}@{address.rpartition('@')[2]}>"
