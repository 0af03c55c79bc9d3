"""Names of domains, and the record that proves one."""

from __future__ import annotations

import re

from dotmac_core_ops.errors import InvalidError

RECORD = "_dotmac-challenge"
"""The label below a domain at which its owner puts the proof."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z]{{2,63}}|(?:{_LABEL}\.)+xn--[a-z0-9-]{{1,59}}")
_LONGEST = 253


class InvalidDomainError(InvalidError):
    """It is not the name of a domain, such as `billing.example.com`."""

    code = "INVALID_DOMAIN"

    def __init__(self, name: str) -> None:
        super().__init__("Write a domain such as billing.example.com.", domain=name)


def normalised_domain(name: str) -> str:
    """`name` in lower case, international ones in their ASCII form, without a dot at the end.

    Raises:
        InvalidDomainError: it is no domain, or a bare top level.
    """
    trimmed = name.strip().rstrip(".").lower()
    try:
        ascii_name = trimmed.encode("idna").decode()
    except UnicodeError as error:
        raise InvalidDomainError(name) from error
    if len(ascii_name) > _LONGEST or _NAME.fullmatch(ascii_name) is None:
        raise InvalidDomainError(name)
    return ascii_name


def proof_of(token: str) -> str:
    """What the TXT record says."""
    return f"dotmac-domain={token}"
