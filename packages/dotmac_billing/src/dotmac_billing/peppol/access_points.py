"""Where the access point is found: the composition says how."""

from __future__ import annotations

from collections.abc import Callable

from dotmac_billing.peppol.errors import AccessPointNotConfiguredError
from dotmac_billing.protocols import AccessPoint

Opener = Callable[[], AccessPoint]
"""Opens the access point, or raises `AccessPointNotConfiguredError`."""

_openers: list[Opener] = []


def open_access_point_by(opener: Opener | None) -> Opener | None:
    """Use `opener` from now on, none for None, and say which was used until now."""
    before = _openers.pop() if _openers else None
    if opener is not None:
        _openers.append(opener)
    return before


def access_point() -> AccessPoint:
    """The installation's access point, to be closed after use.

    Raises:
        AccessPointNotConfiguredError: it has none.
    """
    if not _openers:
        raise AccessPointNotConfiguredError
    return _openers[-1]()
