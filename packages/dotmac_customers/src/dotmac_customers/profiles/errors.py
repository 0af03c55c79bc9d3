"""Refusals about customers."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError
from dotmac_customers.profiles.states import CustomerState, Reason, moves_from


class CustomerNotFoundError(NotFoundError):
    """The tenant has no such customer."""

    code = "CUSTOMER_NOT_FOUND"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", customer_id=str(customer_id))


class CustomerNumberTakenError(ConflictError):
    """Another customer has this number."""

    code = "CUSTOMER_NUMBER_TAKEN"

    def __init__(self, numbers: list[str]) -> None:
        super().__init__("Another customer has this number.", numbers=numbers)


class ExternalIdTakenError(ConflictError):
    """Another customer has this external id."""

    code = "EXTERNAL_ID_TAKEN"

    def __init__(self, external_ids: list[str]) -> None:
        super().__init__("Another customer has this external id.", external_ids=external_ids)


class InvalidCustomerError(InvalidError):
    """A field of the customer cannot be used; the details name it."""

    code = "INVALID_CUSTOMER"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}", field=field)


class ParentNotFoundError(NotFoundError):
    """The tenant has no customer below which another could stand under this id."""

    code = "PARENT_NOT_FOUND"

    def __init__(self, parent_id: UUID) -> None:
        super().__init__("There is no such parent.", parent_id=str(parent_id))


class InvalidPlaceError(InvalidError):
    """The customer cannot stand there in the tree; the message says what to do."""

    code = "INVALID_PLACE"

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)


class CustomerMergedError(ConflictError):
    """The customer is part of another now; go on with the one that the details name."""

    code = "CUSTOMER_MERGED"

    def __init__(self, customer_id: UUID, merged_into_id: UUID) -> None:
        super().__init__(
            "The customer was merged into another; go on with that one.",
            customer_id=str(customer_id),
            merged_into_id=str(merged_into_id),
        )


class CustomerErasedError(ConflictError):
    """The person behind the customer was forgotten: make a new customer for whoever it is now."""

    code = "CUSTOMER_ERASED"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__(
            "The customer was erased and is changed no more: make a new one.",
            customer_id=str(customer_id),
        )


class IllegalMoveError(ConflictError):
    """A customer in this state cannot be moved to that one."""

    code = "ILLEGAL_CUSTOMER_MOVE"

    def __init__(self, start: CustomerState, end: CustomerState) -> None:
        super().__init__(
            f"A customer who is {start.value} cannot become {end.value}.",
            state=start.value,
            possible=sorted(state.value for state in moves_from(start)),
        )


class UnfitReasonError(InvalidError):
    """The reason makes no sense for this move."""

    code = "UNFIT_REASON"

    def __init__(self, reason: Reason, possible: frozenset[Reason]) -> None:
        super().__init__(
            f"{reason.value!r} is no reason for this.",
            reason=reason.value,
            possible=sorted(fit.value for fit in possible),
        )
