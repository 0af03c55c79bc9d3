"""Refusals about customers who sign in."""

from __future__ import annotations

from collections.abc import Iterable

from dotmac_core_ops.errors import InvalidError


class NotAPortalPermissionError(InvalidError):
    """Customers hold what the installed modules offer in the portal; the details list it."""

    code = "NOT_A_PORTAL_PERMISSION"

    def __init__(self, permission: str, offered: Iterable[str]) -> None:
        super().__init__(
            f"{permission!r} is no permission of the portal.",
            permission=permission,
            offered=sorted(offered),
        )
