"""Which refusals a route may answer with.

Three sources: what the gateway does before a route, what the dependencies of the route ask, and the
refusals that its feature defines or uses. The last is more than one route of the feature may raise;
a client that handles the list is safe.
"""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator

from dotmac_api_gateway import errors
from dotmac_api_gateway.routing import GatewayRoute
from dotmac_core_ops import http, idempotency, principal
from dotmac_core_ops.errors import DomainError, NotFoundError, UnauthenticatedError

Refusal = type[DomainError]

_ALWAYS: tuple[Refusal, ...] = (
    errors.RateLimitedError,
    errors.InternalError,
    errors.DatabaseBusyError,
    errors.DatabaseTimeoutError,
    errors.DependencyUnavailableError,
)
_WITH_BODY: tuple[Refusal, ...] = (
    errors.MalformedJsonError,
    errors.MalformedBodyError,
    errors.BodyTooLargeError,
    errors.UnsupportedMediaTypeError,
    errors.InvalidValueError,
    errors.AlreadyExistsError,
    errors.StillReferencedError,
    errors.ChangedMeanwhileError,
)
_WITH_KEY: tuple[Refusal, ...] = (
    idempotency.InvalidIdempotencyKeyError,
    idempotency.IdempotencyKeyReusedError,
    idempotency.IdempotencyInProgressError,
)
_WITH_VERSION: tuple[Refusal, ...] = (http.PreconditionRequiredError, http.VersionMismatchError)

_READS = frozenset({"GET", "HEAD"})
_OF_A_READ = frozenset({404, 422})


def refusals_of(route: GatewayRoute, method: str) -> dict[int, list[Refusal]]:
    """The refusals of `method` on `route`, by status, each list by code."""
    found = defaultdict[int, set[Refusal]](set)
    for kind in (*_ALWAYS, *_of_gateway(route, method), *_of_principal(route)):
        found[kind.status].add(kind)
    for kind in _of_feature(route.endpoint.__module__):
        if _applies(kind, route, method):
            found[kind.status].add(kind)
    return {status: sorted(found[status], key=lambda kind: kind.code) for status in sorted(found)}


def takes_key(route: GatewayRoute, method: str) -> bool:
    """Whether `Idempotency-Key` has an effect."""
    return method == "POST" and route.requirement is not None


def checks_version(route: GatewayRoute) -> bool:
    """Whether the route asks for `If-Match`: its function names `require_match`."""
    code = getattr(inspect.unwrap(route.endpoint), "__code__", None)
    return code is not None and http.require_match.__name__ in code.co_names


def has_parameters(route: GatewayRoute) -> bool:
    """Whether anything but the body can be wrong."""
    flat = [route.dependant]
    for dependant in flat:
        if dependant.path_params or dependant.query_params or dependant.header_params:
            return True
        flat += dependant.dependencies
    return False


def _of_gateway(route: GatewayRoute, method: str) -> Iterator[Refusal]:
    if route.body_field is not None:
        yield from _WITH_BODY
    if route.body_field is not None or has_parameters(route):
        yield errors.ValidationFailedError
        yield errors.InvalidCharacterError
    if takes_key(route, method):
        yield from _WITH_KEY
    if checks_version(route):
        yield from _WITH_VERSION


def _of_principal(route: GatewayRoute) -> Iterator[Refusal]:
    if route.requirement is None:
        return
    yield principal.AuthenticationRequiredError
    if route.requirement.permission is not None:
        yield principal.PermissionDeniedError
    yield from (kind for kind in _below(UnauthenticatedError) if _names_a_credential(kind))


def _names_a_credential(kind: Refusal) -> bool:
    # What an authenticator refuses, in contrast to what a sign-in form does.
    return any(word in kind.code for word in ("ACCESS_TOKEN", "API_KEY", "SESSION"))


def _of_feature(module: str) -> set[Refusal]:
    folder = module.rpartition(".")[0] + "."
    return {
        value
        for name, loaded in list(sys.modules.items())
        if name.startswith(folder)
        for value in vars(loaded).values()
        if isinstance(value, type) and issubclass(value, DomainError) and "code" in vars(value)
        if not value.__module__.endswith("core_ops.errors")
    }


def _applies(kind: Refusal, route: GatewayRoute, method: str) -> bool:
    if issubclass(kind, NotFoundError) and "{" not in route.path and method in _READS:
        return False
    return method not in _READS or kind.status in _OF_A_READ


def _below(kind: Refusal) -> Iterator[Refusal]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
