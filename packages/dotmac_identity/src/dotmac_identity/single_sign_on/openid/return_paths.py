"""Where somebody goes on in the app after signing in."""

from __future__ import annotations

import re

from dotmac_core_ops.errors import InvalidError

_LONGEST = 500
# One slash and then no second one: browsers take `//host` and `/\\host` for another site's address.
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")


class InvalidReturnPathError(InvalidError):
    """One returns to a path of the app itself, such as `/invoices?status=open`."""

    code = "INVALID_RETURN_PATH"

    def __init__(self) -> None:
        super().__init__("Return to a path of this app, which begins with one slash.")


def checked_return_path(path: str | None) -> str | None:
    """`path`, if it stays within the app.

    Raises:
        InvalidReturnPathError: it is an address elsewhere, or could be taken for one.
    """
    if path is not None and (len(path) > _LONGEST or _PATH.fullmatch(path) is None):
        raise InvalidReturnPathError
    return path
