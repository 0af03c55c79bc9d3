"""Refusals about acting as somebody else.

```text
ImpersonationChainError        403
MayMoreError                   403
OwnTenantError                 403
ImpersonatedUserError          404
ImpersonationNotFoundError     404
NotImpersonatingError          409
```
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, ForbiddenError, NotFoundError


class ImpersonationChainError(ForbiddenError):
    """Who acts as somebody cannot act as a third person from there; end it first."""

    code = "IMPERSONATION_CHAIN"

    def __init__(self) -> None:
        super().__init__("You act as somebody already; end that first.")


class MayMoreError(ForbiddenError):
    """Nobody acts as somebody who may more than they may themselves."""

    code = "IMPERSONATED_MAY_MORE"

    def __init__(self, permissions: Iterable[str]) -> None:
        super().__init__("This user may more than you.", permissions=sorted(permissions))


class OwnTenantError(ForbiddenError):
    """People of the operator do not act as one another."""

    code = "IMPERSONATION_OF_OPERATOR"

    def __init__(self) -> None:
        super().__init__("Nobody acts as a colleague of the operator's own.")


class ImpersonatedUserError(NotFoundError):
    """The tenant has no active user with this address."""

    code = "IMPERSONATED_USER_NOT_FOUND"

    def __init__(self, email: str) -> None:
        super().__init__("The tenant has no active user with this address.", email=email)


class ImpersonationNotFoundError(NotFoundError):
    """Nobody acts, or acted, as one of the tenant's users under this id."""

    code = "IMPERSONATION_NOT_FOUND"

    def __init__(self, impersonation_id: UUID) -> None:
        super().__init__("There is no such thing.", impersonation_id=str(impersonation_id))


class NotImpersonatingError(ConflictError):
    """One acts as oneself: there is nothing to end."""

    code = "NOT_IMPERSONATING"

    def __init__(self) -> None:
        super().__init__("You act as yourself.")
