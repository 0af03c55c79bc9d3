"""Who is acting, and what they may do.

The gateway asks an authenticator (identity provides one) for the principal; everything below only
reads it. A route states what it needs: `Depends(requires("invoices:issue"))`.

A customer who signs in to the portal is a principal of kind `portal`. Permissions that begin with
`portal:` are theirs alone, and every other route is closed to them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import Literal, TypeAlias
from uuid import UUID

from fastapi import Request

from dotmac_core_ops.errors import ForbiddenError, UnauthenticatedError
from dotmac_core_ops.tenant_state import TenantState


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


class ScopeNotSupportedError(ForbiddenError):
    """The permission is held within a site, reseller or customer group only; this needs all of it.

    Ask somebody who holds the permission everywhere.
    """

    code = "SCOPE_NOT_SUPPORTED"

    def __init__(self, permission: str) -> None:
        super().__init__(
            f"You hold {permission!r} for a part of the organisation only, which this cannot be "
            "narrowed to.",
            permission=permission,
        )


class NotWhileImpersonatingError(ForbiddenError):
    """Whoever acts in another's name cannot change what is that person's own: sign out first."""

    code = "NOT_WHILE_IMPERSONATING"

    def __init__(self) -> None:
        super().__init__("This can be done only by the user, not by somebody who acts as them.")


class SecondFactorMissingError(ForbiddenError):
    """The organisation asks for a second factor; set one up, which is all that is open until then.

    Begin with `POST /api/v1/me/second-factors/totp`.
    """

    code = "SECOND_FACTOR_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "Your organisation asks for a second factor; set one up first.",
            begin="/api/v1/me/second-factors/totp",
        )


Kind: TypeAlias = Literal["user", "portal", "api_key", "service", "system"]
"""What a principal is: a person, a customer, a key, a service account, a process of ours."""

ScopeKind: TypeAlias = Literal["site", "reseller", "customer_group"]
"""What a role can be narrowed to."""

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the organisation: a site, a reseller, or a customer group."""

    kind: ScopeKind
    id: UUID


@dataclass(frozen=True)
class Actor:
    """Who did something, as the audit log and the logs name them; for whom, where that is known.

    `person` is the user to whom an API key belongs; `impersonated_by` is who acts as the user.
    """

    name: str
    kind: Kind = "system"
    request_id: str | None = None
    tenant_id: UUID | None = None
    person: str | None = None
    impersonated_by: str | None = None

    @property
    def responsible(self) -> str:
        """The one person behind what is done: two keys of somebody are not two people."""
        return self.impersonated_by or self.person or self.name


@dataclass(frozen=True)
class Principal:
    """An authenticated user, customer, API key, service account or system process of one tenant.

    `customer_id` is whose data a customer in the portal (kind `portal`) may see; others have none.
    `permissions` are held everywhere, `scopes` says of others within which parts they are held.
    `person` is the user to whom an API key belongs, `credential_id` the key that was sent, and
    `only_from` the networks it is good from (none: from anywhere). `impersonated_by` is the person
    of the operator who acts as the user. Who `must_enrol` may set up a second factor and no more.
    """

    tenant_id: UUID
    subject: str
    kind: Kind
    name: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None
    customer_id: UUID | None = None
    scopes: Mapping[str, frozenset[Scope]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    person: str | None = None
    credential_id: UUID | None = None
    only_from: tuple[Network, ...] = ()
    impersonated_by: str | None = None
    tenant_state: TenantState = TenantState.ACTIVE
    must_enrol: bool = False

    @property
    def is_owner(self) -> bool:
        """Whether it is a person who may do everything in the tenant."""
        return self.kind == "user" and "*" in self.permissions

    @property
    def is_portal(self) -> bool:
        """Whether it is a customer in the portal."""
        return self.kind == "portal"

    def allows(self, permission: str) -> bool:
        """Whether `permission` was granted everywhere, by itself or by `*`, to its audience."""
        if permission.startswith(PORTAL) is not self.is_portal:
            return False
        return permission in self.permissions or "*" in self.permissions

    def within(self, permission: str) -> frozenset[Scope] | None:
        """The parts within which `permission` is held; None where it is held everywhere.

        Empty where it is not held at all.
        """
        return None if self.allows(permission) else self.scopes.get(permission, frozenset())

    def is_named(self, name: str) -> bool:
        """Whether this is the user, key or service account `name`, or a key that belongs to it."""
        return name in {self.subject, self.person, str(self.credential_id)}

    def actor(self, request_id: str | None = None) -> Actor:
        """The principal as the audit log names it."""
        return Actor(
            self.subject,
            self.kind,
            request_id,
            self.tenant_id,
            self.person,
            self.impersonated_by,
        )


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
        _actor.set(principal.actor(getattr(request.state, "request_id", None)))
    return principal


_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Requirement:
    """The dependency that `requires` returns; the architecture tests look for it on every route.

    One without a permission is about what is the principal's own. Who acts as somebody else reads
    that and changes nothing of it, unless the route is open `to_impersonators`. Who has to set up a
    second factor gets through `to_enrolling` alone.
    """

    def __init__(
        self,
        permission: str | None,
        *,
        scoped: bool = False,
        to_impersonators: bool = False,
        to_enrolling: bool = False,
    ) -> None:
        self.permission = permission
        self.for_portal = permission is not None and permission.startswith(PORTAL)
        self.scoped = scoped
        self._to_impersonators = to_impersonators
        self._to_enrolling = to_enrolling

    async def __call__(self, request: Request) -> Principal:
        """The request's principal, if it holds the permission.

        Raises:
            AuthenticationRequiredError: no credentials.
            WrongAudienceError: a customer outside the portal, or anybody else in it.
            PermissionDeniedError: the permission is missing.
            ScopeNotSupportedError: it is held within a scope, and the route knows of none.
            NotWhileImpersonatingError: it would change what is somebody else's own.
            SecondFactorMissingError: a second factor has to be set up first.
        """
        principal = await principal_of(request)
        if principal.must_enrol and not self._to_enrolling:
            raise SecondFactorMissingError
        if principal.is_portal is not self.for_portal:
            raise WrongAudienceError
        if self.permission is None:
            self._refuse_impersonator(principal, request)
        elif not principal.allows(self.permission):
            if self.permission not in principal.scopes:
                raise PermissionDeniedError(self.permission)
            if not self.scoped:
                raise ScopeNotSupportedError(self.permission)
        return principal

    def _refuse_impersonator(self, principal: Principal, request: Request) -> None:
        if principal.impersonated_by is None or self._to_impersonators:
            return
        if request.method not in _READS:
            raise NotWhileImpersonatingError


def requires(permission: str, *, scoped: bool = False) -> Requirement:
    """A dependency that yields the `Principal` and refuses one without `permission`.

    With `scoped` the route takes it upon itself to narrow what it does to
    `principal.within(permission)`. Every other route refuses who holds it within a scope only.
    """
    return Requirement(permission, scoped=scoped)


signed_in = Requirement(None)
"""A dependency for what every principal but customers may do with what is their own."""

signed_in_or_impersonating = Requirement(None, to_impersonators=True, to_enrolling=True)
"""`signed_in`, for what ends with the session and not with the user, such as signing out."""

signed_in_or_enrolling = Requirement(None, to_enrolling=True)
"""`signed_in`, for setting up a second factor, also while nothing else is open."""


def customer_of(principal: Principal) -> UUID:
    """Whose data `principal`, a customer in the portal, may see.

    Raises:
        WrongAudienceError: it is nobody's customer.
    """
    if not principal.is_portal or principal.customer_id is None:
        raise WrongAudienceError
    return principal.customer_id
