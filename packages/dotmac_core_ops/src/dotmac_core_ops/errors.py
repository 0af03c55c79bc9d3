"""Refusals. Every expected failure of the platform is one of these kinds.

```text
DomainError
├── NotFoundError          404
├── ConflictError          409
├── InvalidError           422
├── UnauthenticatedError   401
├── ForbiddenError         403
├── PaymentRequiredError   402
├── TooManyRequestsError   429
└── UnavailableError       503
```

A feature subclasses a kind and gives it a stable upper-case `code`; clients branch on the code,
people read the message. Only the gateway knows the HTTP status.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable `code`, a sentence for people and details for programs.

    `details` holds JSON-able values (text, numbers, lists, UUIDs and dates are written as text).
    """

    code: ClassVar[str] = "DOMAIN_ERROR"
    status: ClassVar[int] = 400

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFoundError(DomainError):
    """The thing named does not exist for this tenant."""

    code = "NOT_FOUND"
    status = 404


class ConflictError(DomainError):
    """The state of things does not allow it, or somebody else was faster."""

    code = "CONFLICT"
    status = 409


class InvalidError(DomainError):
    """The input cannot mean anything valid."""

    code = "INVALID"
    status = 422


class UnauthenticatedError(DomainError):
    """Nobody has signed in, or the credentials are not valid (any more)."""

    code = "UNAUTHENTICATED"
    status = 401


class ForbiddenError(DomainError):
    """The principal is known and may not do this."""

    code = "FORBIDDEN"
    status = 403


class PaymentRequiredError(DomainError):
    """The tenant's plan does not include this, or a payment was declined."""

    code = "PAYMENT_REQUIRED"
    status = 402


class TooManyRequestsError(DomainError):
    """Try again later; `retry_after_seconds` in the details says when."""

    code = "TOO_MANY_REQUESTS"
    status = 429


class UnavailableError(DomainError):
    """A part this depends on cannot be reached at the moment."""

    code = "UNAVAILABLE"
    status = 503


@dataclass(frozen=True)
class CatalogueEntry:
    """One refusal as the reference lists it."""

    code: str
    status: int
    meaning: str
    module: str


def error_catalogue() -> list[CatalogueEntry]:
    """Every refusal defined by the packages imported so far, ordered by code."""
    entries = {
        error.code: CatalogueEntry(
            error.code, error.status, inspect.getdoc(error) or "", error.__module__.split(".")[0]
        )
        for error in _subclasses(DomainError)
    }
    return [entries[code] for code in sorted(entries)]


def _subclasses(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
