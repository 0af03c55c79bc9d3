"""Who is acting, and what they may do.

The gateway asks an authenticator (identity provides one) for the principal; everything below only
reads it. A route states what it needs: `Depends(requires("invoices:issue"))`.

A customer who signs in to the portal is a principal of kind `portal`. Permissions that begin with
`portal:` are theirs alone, and every other route is closed to them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from fastapi import Request

from dotmac_core_ops.errors import ForbiddenError, UnauthenticatedError


class AuthenticationRequiredError(UnauthenticatedError):
    """The route needs a signed-in principal and the request carries no credentials."""

    code = "AUTHENTICATION_REQUIRED"

    def __init__(self) -> None:
        super().__init__("Sign in, or send an API key, to use this.")


class PermissionDeniedError(ForbiddenError):
    """The principal lacks the permission that the details name."""

    code = "PERMISSION_DENIED"

    def __init__(self, permission: str) -> None:
        super().__init__(f"The permission {permission!r} is needed.", permission=permission)


class WrongAudienceError(ForbiddenError):
    """Staff and API keys have no use of the portal's routes, nor customers of any other."""

    code = "WRONG_AUDIENCE"

    def __init__(self) -> None:
        super().__init__("These credentials are for another part of the API; sign in there.")


PORTAL = "portal:"
"""What the permissions of customers in the portal begin with; nobody else can hold one."""


@dataclass(frozen=True)
class Actor:
    """Who did something, as the audit log and the logs name them; for whom, where that is known."""

    name: str
    kind: Literal["user", "portal", "api_key", "system"] = "system"
    request_id: str | None = None
    tenant_id: UUID | None = None


@dataclass(frozen=True)
class Principal:
    """An authenticated user, customer, API key or system process of one tenant.

    `customer_id` is whose data a customer in the portal (kind `portal`) may see; others have none.
    """

    tenant_id: UUID
    subject: str
    kind: Literal["user", "portal", "api_key", "system"]
    name: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None
    customer_id: UUID | None = None

    @property
    def is_portal(self) -> bool:
        """Whether it is a customer in the portal."""
        return self.kind == "portal"

    def allows(self, permission: str) -> bool:
        """Whether `permission` was granted, by itself or by `*`, and is one of its audience."""
        if permission.startswith(PORTAL) is not self.is_portal:
            return False
        return permission in self.permissions or "*" in self.permissions


Authenticate = Callable[[Request], Awaitable[Principal | None]]
"""Finds who sent a request; None without credentials; refuses wrong ones with a 401 kind."""

_SYSTEM = Actor("system")
_actor: ContextVar[Actor] = ContextVar("dotmac_actor")


def current_actor() -> Actor:
    """Who the present task acts for."""
    return _actor.get(_SYSTEM)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Name `actor` as the one who acts, for this task, until the block ends."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


async def principal_of(request: Request) -> Principal:
    """Who sent `request`; found once and remembered on it.

    Raises:
        AuthenticationRequiredError: no credentials.
        UnauthenticatedError: credentials that are wrong, expired or revoked.
    """
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None:
        principal = await request.app.state.authenticate(request)
        if principal is None:
            raise AuthenticationRequiredError
        request.state.principal = principal
        request_id = getattr(request.state, "request_id", None)
        tenant_id = principal.tenant_id
        _actor.set(Actor(principal.subject, principal.kind, request_id, tenant_id))
    return principal


class Requirement:
    """The dependency that `requires` returns; the architecture tests look for it on every route."""

    def __init__(self, permission: str | None) -> None:
        self.permission = permission
        self.for_portal = permission is not None and permission.startswith(PORTAL)

    async def __call__(self, request: Request) -> Principal:
        """The request's principal, if it holds the permission.

        Raises:
            AuthenticationRequiredError: no credentials.
            WrongAudienceError: a customer outside the portal, or anybody else in it.
            PermissionDeniedError: the permission is missing.
        """
        principal = await principal_of(request)
        if principal.is_portal is not self.for_portal:
            raise WrongAudienceError
        if self.permission is not None and not principal.allows(self.permission):
            raise PermissionDeniedError(self.permission)
        return principal


def requires(permission: str) -> Requirement:
    """A dependency that yields the `Principal` and refuses one without `permission`."""
    return Requirement(permission)


signed_in = Requirement(None)
"""A dependency for what every principal but customers may do, such as signing out."""


def customer_of(principal: Principal) -> UUID:
    """Whose data `principal`, a customer in the portal, may see.

    Raises:
        WrongAudienceError: it is nobody's customer.
    """
    if not principal.is_portal or principal.customer_id is None:
        raise WrongAudienceError
    return principal.customer_id
