"""Refusals about roles and permissions."""

from __future__ import annotations

from collections.abc import Iterable

from dotmac_core_ops.errors import ForbiddenError, InvalidError


class UnknownRoleError(InvalidError):
    """There is no role of this name."""

    code = "UNKNOWN_ROLE"

    def __init__(self, role: str) -> None:
        super().__init__(f"There is no role {role!r}.", role=role)


class UnknownPermissionError(InvalidError):
    """No installed module has this permission."""

    code = "UNKNOWN_PERMISSION"

    def __init__(self, permission: str) -> None:
        super().__init__(f"There is no permission {permission!r}.", permission=permission)


class GrantTooWideError(ForbiddenError):
    """Nobody can pass on, or take from another, a permission that they do not hold themselves."""

    code = "GRANT_TOO_WIDE"

    def __init__(self, permissions: Iterable[str]) -> None:
        super().__init__(
            "You cannot pass on permissions that you do not hold.", permissions=sorted(permissions)
        )
