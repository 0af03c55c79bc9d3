"""Which refusals a route may answer with.

Three sources: what the gateway does before a route, what an authenticator refuses, and what the
code of the route and of its dependencies can reach. The last is somewhat more than the route will
raise; a client that handles the list is safe.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, get_args

from fastapi.dependencies.models import Dependant
from pydantic import AfterValidator, BaseModel, BeforeValidator, PlainValidator, WrapValidator

from dotmac_api_gateway import errors
from dotmac_api_gateway.reachable import Refusal, reachable_refusals
from dotmac_api_gateway.routing import GatewayRoute
from dotmac_core_ops import http, idempotency, principal, tenant_state
from dotmac_core_ops.errors import ConflictError, UnauthenticatedError

Reactions: TypeAlias = Mapping[type, Sequence[Callable[..., Any]]]

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
_VALIDATORS = (AfterValidator, BeforeValidator, PlainValidator, WrapValidator)


def refusals_of(
    route: GatewayRoute,
    method: str,
    reactions: Reactions,
    status_of: Callable[[Refusal], int] = lambda kind: kind.status,
) -> dict[int, list[Refusal]]:
    """The refusals of `method` on `route`, by status, each list by code.

    `reactions` are what runs in the same transaction on account of an event, `status_of` tells the
    statuses of a dialect.
    """
    found = defaultdict[int, set[Refusal]](set)
    for kind in (*_ALWAYS, *_of_gateway(route, method), *_of_principal(route, method)):
        found[status_of(kind)].add(kind)
    package = route.endpoint.__module__.partition(".")[0]
    for kind in reachable_refusals(_calls(route.dependant), reactions, packages=[package]):
        if _applies(kind, method):
            found[status_of(kind)].add(kind)
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
        yield errors.InvalidValueError
        yield errors.ValidationFailedError
        yield errors.InvalidCharacterError
    if takes_key(route, method):
        yield from _WITH_KEY
    if route.requirement is not None:
        yield tenant_state.TenantSuspendedError
        is_open = tenant_state.TenantState.READ_ONLY in tenant_state.open_states(route.endpoint)
        if method not in _READS and not is_open:
            yield tenant_state.TenantReadOnlyError
    if checks_version(route):
        yield from _WITH_VERSION


def _of_principal(route: GatewayRoute, method: str) -> Iterator[Refusal]:
    if route.requirement is None:
        return
    yield principal.AuthenticationRequiredError
    if route.requirement.permission is None:
        if method not in _READS:
            yield principal.NotWhileImpersonatingError
    else:
        yield principal.PermissionDeniedError
        if not route.requirement.scoped:
            yield principal.ScopeNotSupportedError
    yield from (kind for kind in _below(UnauthenticatedError) if _names_a_credential(kind))


def _names_a_credential(kind: Refusal) -> bool:
    # What an authenticator refuses, in contrast to what a sign-in form does.
    return any(word in kind.code for word in ("ACCESS_TOKEN", "API_KEY", "SESSION"))


def _calls(dependant: Dependant) -> Iterator[object]:
    """The functions of a route and of its dependencies, and the types of what they take."""
    if dependant.call is not None:
        yield dependant.call
    fields = (*dependant.path_params, *dependant.query_params, *dependant.body_params)
    for field in fields:
        yield from _parts_of(field.field_info.annotation, set())
        yield from _validators(field.field_info.metadata)
    for child in dependant.dependencies:
        yield from _calls(child)


def _parts_of(annotation: object, seen: set[object]) -> Iterator[object]:
    """Validators of the models and types that `annotation` is made of."""
    for part in get_args(annotation):
        yield from _parts_of(part, seen)
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return
    if annotation in seen:
        return
    seen.add(annotation)
    yield annotation
    for info in annotation.model_fields.values():
        yield from _validators(info.metadata)
        yield from _parts_of(info.annotation, seen)


def _validators(metadata: Sequence[object]) -> Iterator[object]:
    yield from (each.func for each in metadata if isinstance(each, _VALIDATORS))


def _applies(kind: Refusal, method: str) -> bool:
    return method not in _READS or not issubclass(kind, ConflictError)


def _below(kind: Refusal) -> Iterator[Refusal]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
