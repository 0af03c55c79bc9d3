"""Which refusal the client sees for an exception: the one place that decides.

A refusal of a module keeps its own code. What the framework, the driver and the database raise is
translated here; everything unknown is an `InternalError`, with nothing internal in the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from dotmac_api_gateway.errors import (
    AlreadyExistsError,
    ChangedMeanwhileError,
    DatabaseBusyError,
    DatabaseTimeoutError,
    DependencyUnavailableError,
    InternalError,
    InvalidValueError,
    MalformedBodyError,
    MalformedJsonError,
    MethodNotAllowedError,
    RouteNotFoundError,
    StillReferencedError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
from dotmac_core_ops.errors import DomainError

_BY_STATE: dict[str, Callable[[], DomainError]] = {
    "23505": AlreadyExistsError,  # unique_violation
    "23P01": AlreadyExistsError,  # exclusion_violation
    "23503": StillReferencedError,  # foreign_key_violation
    "23514": InvalidValueError,  # check_violation
    "40001": ChangedMeanwhileError,  # serialization_failure
    "40P01": ChangedMeanwhileError,  # deadlock_detected
    "57014": DatabaseTimeoutError,  # query_canceled, by statement_timeout
    "55P03": DatabaseBusyError,  # lock_not_available
}
# The first two characters of an SQLSTATE are its class.
_BY_CLASS: dict[str, Callable[[], DomainError]] = {
    "08": DependencyUnavailableError,  # connection exception
    "22": InvalidValueError,  # data exception: out of range, NUL in text, …
    "53": DatabaseBusyError,  # insufficient resources
    "57": DependencyUnavailableError,  # operator intervention: shutting down, starting up
}

_FAULTS = (TypeError, AttributeError)


def refusal_of(error: BaseException, request_id: str) -> DomainError:
    """What to answer for `error`. An `InternalError` should be logged with its traceback."""
    if isinstance(error, DomainError):
        # A kind of status 500 is a fault of the program that merely has a name.
        return error if error.status != InternalError.status else InternalError(request_id)
    if isinstance(error, RequestValidationError):
        return _validation(error.errors())
    if isinstance(error, HTTPException):
        return _of_framework(error, request_id)
    return _of_database(error) or InternalError(request_id)


def _of_framework(error: HTTPException, request_id: str) -> DomainError:
    # FastAPI answers 400 to whatever goes wrong while it reads a body; the cause may know better.
    if isinstance(error.__cause__, DomainError):
        return error.__cause__
    if error.status_code == RouteNotFoundError.status:
        return RouteNotFoundError()
    if error.status_code == MethodNotAllowedError.status:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowedError([name.strip() for name in allowed.split(",")])
    if error.status_code < InternalError.status:
        return MalformedBodyError()
    return InternalError(request_id)


def _validation(errors: Sequence[Any]) -> DomainError:
    first = errors[0]
    if first["type"] == "json_invalid":
        return MalformedJsonError(str(first["ctx"]["error"]), int(first["loc"][-1]))
    if tuple(first["loc"]) == ("body",) and isinstance(first.get("input"), bytes):
        return UnsupportedMediaTypeError()
    # The input is not repeated: it may be a password, and it may not even be printable.
    return ValidationFailedError(
        [
            {
                "in": str(error["loc"][0]),
                "path": ".".join(str(part) for part in error["loc"][1:]),
                "code": str(error["type"]),
                "message": str(error["msg"]).removeprefix("Value error, "),
            }
            for error in errors
        ]
    )


def _of_database(error: BaseException) -> DomainError | None:
    if isinstance(error, PoolTimeoutError):
        return DatabaseBusyError()
    if isinstance(error, StaleDataError):
        return ChangedMeanwhileError()
    if isinstance(error, DBAPIError):
        cause = error.orig
        if isinstance(cause, BaseException) and isinstance(cause.__cause__, Exception):
            cause = cause.__cause__  # SQLAlchemy's adapter wraps the driver's error once more
        refusal = _of_driver(cause)
        if refusal is None and isinstance(error, InterfaceError | OperationalError):
            return DependencyUnavailableError()
        return refusal
    return _of_driver(error)


def _of_driver(error: BaseException | None) -> DomainError | None:
    if isinstance(error, asyncpg.DataError) and isinstance(error.__cause__, _FAULTS):
        return None  # the driver was given an argument of the wrong type: a fault of the program
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        kind = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
        return None if kind is None else kind()
    if isinstance(error, asyncpg.InterfaceError | ConnectionError | TimeoutError):
        return DependencyUnavailableError()
    return None
