"""Refusals about requests of data subjects."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class DataRequestNotFoundError(NotFoundError):
    """There is no such request."""

    code = "DATA_REQUEST_NOT_FOUND"

    def __init__(self, request_id: UUID) -> None:
        super().__init__("There is no such request.", request_id=request_id)


class DataRequestStateError(ConflictError):
    """The request has not come so far, or has been answered: look at its state."""

    code = "DATA_REQUEST_STATE"

    def __init__(self, state: str) -> None:
        super().__init__(f"The request is {state}; this cannot be done now.", state=state)


class DataRequestOpenError(ConflictError):
    """A request of this kind is being answered: wait for it."""

    code = "DATA_REQUEST_OPEN"

    def __init__(self, due_on: date) -> None:
        super().__init__(
            f"You asked for this already; it is answered by {due_on}.", due_on=str(due_on)
        )


class IdentityNotConfirmedError(ConflictError):
    """Data goes to nobody whose identity was not confirmed: say how you made sure."""

    code = "IDENTITY_NOT_CONFIRMED"

    def __init__(self) -> None:
        super().__init__("Confirm first that the request comes from the person it is about.")


class ExportGoneError(NotFoundError):
    """The export was removed after fourteen days: have the request answered anew."""

    code = "DATA_EXPORT_GONE"

    def __init__(self) -> None:
        super().__init__("There is no file (any more).")
