"""Refusals that no module can make, because the request never reached one, or its answer failed."""

from __future__ import annotations

from collections.abc import Sequence

from dotmac_core_ops.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
    UnavailableError,
)


class RouteNotFoundError(NotFoundError):
    """No route has this path."""

    code = "ROUTE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")


class MethodNotAllowedError(DomainError):
    """The path exists, but not with this method; `Allow` names those it has."""

    code = "METHOD_NOT_ALLOWED"
    status = 405

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"Use {' or '.join(allowed)} here.", allowed=list(allowed))
        self.allowed = ", ".join(allowed)


class MalformedJsonError(DomainError):
    """The body is not JSON: a syntax error, not UTF-8, a lone surrogate, NaN, nested too deep."""

    code = "MALFORMED_JSON"
    status = 400

    def __init__(self, reason: str, position: int) -> None:
        super().__init__("The body is not valid JSON.", reason=reason, position=position)


class MalformedBodyError(DomainError):
    """The body cannot be read as what its content type says."""

    code = "MALFORMED_BODY"
    status = 400

    def __init__(self) -> None:
        super().__init__("The body cannot be read as what its content type says.")


class InvalidCharacterError(DomainError):
    """The address or the body holds a NUL character, which no stored text can contain."""

    code = "INVALID_CHARACTER"
    status = 400

    def __init__(self) -> None:
        super().__init__("Text must not contain a NUL character.")


class UnsupportedMediaTypeError(DomainError):
    """The body has another content type than the route reads; most read `application/json`."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415

    def __init__(self) -> None:
        super().__init__("Send the body with Content-Type: application/json.")


class BodyTooLargeError(DomainError):
    """The body is longer than the limit that the details give in bytes."""

    code = "BODY_TOO_LARGE"
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes.", limit_bytes=limit)


class ValidationFailedError(InvalidError):
    """Fields are missing or wrong; `fields` in the details has where, what and why for each."""

    code = "VALIDATION_FAILED"

    def __init__(self, fields: list[dict[str, str]]) -> None:
        super().__init__("Some fields are missing or wrong.", fields=fields)


class InvalidValueError(InvalidError):
    """A value lies outside what can be stored: too large, too long ago, or an unstorable text."""

    code = "INVALID_VALUE"

    def __init__(self) -> None:
        super().__init__("A value lies outside what can be stored.")


class RateLimitedError(TooManyRequestsError):
    """Too many requests from this principal or address; `Retry-After` says when to come back."""

    code = "RATE_LIMITED"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Too many requests.", retry_after_seconds=retry_after_seconds)


class OriginNotAllowedError(ForbiddenError):
    """Browsers on this origin may not call the API; CORS_ORIGINS lists those that may."""

    code = "ORIGIN_NOT_ALLOWED"

    def __init__(self, origin: str) -> None:
        super().__init__("This origin may not call the API.", origin=origin)


class MetricsForbiddenError(ForbiddenError):
    """The metrics are read from this machine, or with the token of the setting METRICS_TOKEN."""

    code = "METRICS_FORBIDDEN"

    def __init__(self) -> None:
        super().__init__("Metrics are read from the machine itself or with their token.")


class AlreadyExistsError(ConflictError):
    """Something with the same unique value exists already."""

    code = "ALREADY_EXISTS"

    def __init__(self) -> None:
        super().__init__("Something with the same unique value exists already.")


class StillReferencedError(ConflictError):
    """What the request names does not exist, or something else still refers to it."""

    code = "REFERENCE_CONFLICT"

    def __init__(self) -> None:
        super().__init__("It refers to something that is not there, or is still referred to.")


class ChangedMeanwhileError(ConflictError):
    """Somebody else changed the same thing at the same time; repeat the request."""

    code = "CHANGED_MEANWHILE"

    def __init__(self) -> None:
        super().__init__("Somebody changed the same thing at the same time. Try again.")


class DatabaseTimeoutError(UnavailableError):
    """The database took longer than a request may wait."""

    code = "DATABASE_TIMEOUT"

    def __init__(self) -> None:
        super().__init__("The database took too long. Try again.", retry_after_seconds=5)


class DatabaseBusyError(UnavailableError):
    """All connections to the database are in use, or a lock was not free in time."""

    code = "DATABASE_BUSY"

    def __init__(self) -> None:
        super().__init__("The database is busy. Try again.", retry_after_seconds=1)


class DependencyUnavailableError(UnavailableError):
    """The database, or another server this depends on, cannot be reached."""

    code = "DEPENDENCY_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("A part this depends on cannot be reached.", retry_after_seconds=5)


class InternalError(DomainError):
    """A fault of the server. It is in the log under the request id of the details."""

    code = "INTERNAL_ERROR"
    status = 500

    def __init__(self, request_id: str) -> None:
        super().__init__("Something went wrong on our side.", request_id=request_id)
