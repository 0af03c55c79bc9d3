"""The states of a tenant, and what its people can do in each of them.

The gateway asks `refuse_by_state` before every route. A route that changes nothing, or that a
tenant needs on its way out, says so: `@stays_open(TenantState.READ_ONLY)`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from dotmac_core_ops.errors import ForbiddenError

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_READS = frozenset({"GET", "HEAD"})


class TenantState(StrEnum):
    """Where a tenant stands with the operator of the installation."""

    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    READ_ONLY = "read_only"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class TenantReadOnlyError(ForbiddenError):
    """The tenant can be read and exported, not changed; subscribe to a plan to go on working."""

    code = "TENANT_READ_ONLY"

    def __init__(self) -> None:
        super().__init__(
            "This organisation can only be read at the moment. Subscribe to a plan, or export the "
            "data.",
            read="/api/v1/tenant/standing",
            export="/api/v1/tenant/exports",
        )


class TenantSuspendedError(ForbiddenError):
    """The tenant is suspended; its owners can sign in and read why."""

    code = "TENANT_SUSPENDED"

    def __init__(self) -> None:
        super().__init__(
            "This organisation is suspended. Its owners can sign in and read why.",
            read="/api/v1/tenant/standing",
        )


def stays_open(*states: TenantState) -> Callable[[Endpoint], Endpoint]:
    """Let a route's function be used while the tenant is in one of `states`.

    In `READ_ONLY` that matters for what is not a GET; in `SUSPENDED` for every route, and then for
    owners only.
    """

    def attach(endpoint: Endpoint) -> Endpoint:
        _open[endpoint] = frozenset(states)
        return endpoint

    return attach


def open_states(endpoint: Callable[..., Any]) -> frozenset[TenantState]:
    """The states that the function of a route stays open in."""
    return _open.get(endpoint, frozenset())


def refuse_by_state(
    state: TenantState, endpoint: Callable[..., Any], method: str, *, is_owner: bool
) -> None:
    """Refuse what a tenant in `state` cannot do.

    A closed tenant gets no further than its credentials, which are good no more.

    Raises:
        TenantReadOnlyError: a change, while the tenant is read-only.
        TenantSuspendedError: the tenant is suspended; but owners get through where a route is open.
    """
    if state is TenantState.READ_ONLY:
        if method not in _READS and state not in open_states(endpoint):
            raise TenantReadOnlyError
    elif state in {TenantState.SUSPENDED, TenantState.CLOSED} and not (
        is_owner and state in open_states(endpoint)
    ):
        raise TenantSuspendedError


_open: dict[Callable[..., Any], frozenset[TenantState]] = {}
