"""E-mail addresses as they are compared."""

from __future__ import annotations

import re

from dotmac_core_ops.errors import InvalidError

# Deliberately wide: whether an address exists is known only by sending to it.
_TEXT = r"[^@\s\x00-\x1f,;<>()\"\ud800-\udfff]"
_ADDRESS = re.compile(rf"{_TEXT}{{1,64}}@{_TEXT}+\.{_TEXT}+")
_LONGEST = 254


class InvalidEmailError(InvalidError):
    """It does not look like an e-mail address."""

    code = "INVALID_EMAIL"

    def __init__(self, email: str) -> None:
        super().__init__("This is not an e-mail address.", email=email)


def normalised_email(email: str) -> str:
    """`email` without space around it, in lower case: `" Ann@Example.COM"` is `ann@example.com`.

    Raises:
        InvalidEmailError: no `@`, no dot in the domain, spaces inside, or longer than 254.
    """
    address = email.strip().lower()
    if len(address) > _LONGEST or _ADDRESS.fullmatch(address) is None:
        raise InvalidEmailError(email)
    return address
