"""Refusals about roles and permissions.

```text
UnknownRoleError         422
UnknownPermissionError   422
RoleNotScopableError     422
GrantTooWideError        403
SystemRoleError          409
RoleNameTakenError       409
RoleInUseError           409
RoleNotFoundError        404
AssignmentNotFoundError  404
AlreadyAssignedError     409
```
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


class UnknownRoleError(InvalidError):
    """There is no role of this name."""

    code = "UNKNOWN_ROLE"

    def __init__(self, role: str) -> None:
        super().__init__(f"There is no role {role!r}.", role=role)


class UnknownPermissionError(InvalidError):
    """No installed module has this permission; `GET /permissions` lists those there are."""

    code = "UNKNOWN_PERMISSION"

    def __init__(self, permission: str) -> None:
        super().__init__(f"There is no permission {permission!r}.", permission=permission)


class RoleNotScopableError(InvalidError):
    """This role is about everything, and cannot be given for a part."""

    code = "ROLE_NOT_SCOPABLE"

    def __init__(self, role: str) -> None:
        super().__init__(f"The role {role!r} cannot be narrowed to a part.", role=role)


class GrantTooWideError(ForbiddenError):
    """Nobody can pass on, or take from another, a permission that they do not hold themselves."""

    code = "GRANT_TOO_WIDE"

    def __init__(self, permissions: Iterable[str]) -> None:
        super().__init__(
            "You cannot pass on permissions that you do not hold.", permissions=sorted(permissions)
        )


class SystemRoleError(ConflictError):
    """Every tenant has this role as it is; make one of your own instead."""

    code = "SYSTEM_ROLE"

    def __init__(self, role: str) -> None:
        super().__init__(f"The role {role!r} cannot be changed; make one of your own.", role=role)


class RoleNameTakenError(ConflictError):
    """There is a role of this name."""

    code = "ROLE_NAME_TAKEN"

    def __init__(self, role: str) -> None:
        super().__init__(f"There is a role {role!r} already.", role=role)


class RoleInUseError(ConflictError):
    """Somebody has the role: say which one takes its place (`?replacement=`)."""

    code = "ROLE_IN_USE"

    def __init__(self, role: str, holders: int) -> None:
        super().__init__(
            f"{holders} have the role {role!r}; say which role they shall have instead.",
            role=role,
            holders=holders,
        )


class RoleNotFoundError(NotFoundError):
    """The tenant has no such role."""

    code = "ROLE_NOT_FOUND"

    def __init__(self, role_id: UUID) -> None:
        super().__init__("There is no such role.", role_id=str(role_id))


class AssignmentNotFoundError(NotFoundError):
    """Nobody has been given a role in this way."""

    code = "ASSIGNMENT_NOT_FOUND"

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__("There is no such assignment.", assignment_id=str(assignment_id))


class AlreadyAssignedError(ConflictError):
    """The user has the role within this part already."""

    code = "ALREADY_ASSIGNED"

    def __init__(self, role: str) -> None:
        super().__init__(f"The user has the role {role!r} there already.", role=role)
