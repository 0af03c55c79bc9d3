"""Who is let in, and how often."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import structlog
from fastapi import Request, Response

from dotmac_api_gateway.errors import RateLimitedError
from dotmac_api_gateway.rate_limit import RateLimiter
from dotmac_api_gateway.routing import Handle
from dotmac_core_ops.errors import UnauthenticatedError
from dotmac_core_ops.http import client_of
from dotmac_core_ops.principal import Authenticate, Principal, Requirement
from dotmac_core_ops.tenant_state import TenantState, refuse_by_state


class Admission:
    """An authenticator that also counts: a principal against its own rate, others by address."""

    def __init__(
        self,
        authenticate: Authenticate,
        *,
        principals: RateLimiter,
        addresses: RateLimiter,
    ) -> None:
        self._authenticate = authenticate
        self._principals = principals
        self._addresses = addresses

    async def __call__(self, request: Request) -> Principal | None:
        """Who sent `request`; None without credentials.

        Raises:
            UnauthenticatedError: wrong credentials.
            RateLimitedError: too many requests of the principal, or too many guesses of an address.
        """
        try:
            principal = await self._authenticate(request)
        except UnauthenticatedError:
            self.count_address(request)
            raise
        if principal is None:
            self.count_address(request)
            return None
        _count(self._principals, (principal.tenant_id, principal.subject))
        structlog.contextvars.bind_contextvars(tenant_id=str(principal.tenant_id))
        return principal

    def count_address(self, request: Request) -> None:
        """Count a request that nobody has signed.

        Raises:
            RateLimitedError: too many from this address.
        """
        _count(self._addresses, client_of(request).network)

    def counted(self, handle: Handle) -> Handle:
        """A public route's `handle`, within the rate of the address."""

        async def handled(request: Request) -> Response:
            self.count_address(request)
            return await handle(request)

        return handled


_CLOSED_DOORS = frozenset({TenantState.READ_ONLY, TenantState.SUSPENDED, TenantState.CLOSED})


def required(requirement: Requirement, endpoint: Callable[..., Any], handle: Handle) -> Handle:
    """`handle` of `endpoint`, for who meets `requirement` only, and while their tenant may.

    The route asks it again among its dependencies, which costs nothing. It is asked here so that a
    stranger learns nothing from what the other dependencies say, nor makes us read a body.
    """

    async def handled(request: Request) -> Response:
        principal = await requirement(request)
        if principal.tenant_state in _CLOSED_DOORS and principal.kind != "system":
            refuse_by_state(
                principal.tenant_state, endpoint, request.method, is_owner=principal.is_owner
            )
        return await handle(request)

    return handled


def _count(limiter: RateLimiter, key: object) -> None:
    if wait := limiter.wait(key):
        raise RateLimitedError(math.ceil(wait))
