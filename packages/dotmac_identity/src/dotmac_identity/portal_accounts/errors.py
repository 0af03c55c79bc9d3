"""Refusals about customers who sign in."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class NotAPortalPermissionError(InvalidError):
    """Customers hold what begins with `portal:` and no module's other permissions."""

    code = "NOT_A_PORTAL_PERMISSION"

    def __init__(self, permission: str) -> None:
        super().__init__(f"{permission!r} is no permission of the portal.", permission=permission)
