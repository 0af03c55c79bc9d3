"""Refusals about imports. What is wrong with a row is told beside the row, not like this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class ImportNotFoundError(NotFoundError):
    """The tenant has no such import."""

    code = "CUSTOMER_IMPORT_NOT_FOUND"

    def __init__(self, import_id: UUID) -> None:
        super().__init__("There is no such import.", import_id=str(import_id))


class ImportStateError(ConflictError):
    """The import is not at a point where this can be done; the details say where it is."""

    code = "CUSTOMER_IMPORT_STATE"

    def __init__(self, state: str, possible: Iterable[str]) -> None:
        wanted = " or ".join(possible)
        super().__init__(f"The import is {state}; this needs one that is {wanted}.", state=state)


class ImportForgottenError(ConflictError):
    """The file and what it replaced are not kept any more: upload the file again."""

    code = "CUSTOMER_IMPORT_FORGOTTEN"

    def __init__(self) -> None:
        super().__init__("The file of this import is not kept any more; upload it again.")


class UnreadableTableError(InvalidError):
    """The file cannot be read as a table; the message says why and where."""

    code = "UNREADABLE_TABLE"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file cannot be read as a table: {reason}.", reason=reason)


class ImportMappingError(InvalidError):
    """A mapping names a column or a field that does not exist, or a field twice, or nothing."""

    code = "CUSTOMER_IMPORT_MAPPING"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems), problems=list(problems))


class ImportMovedOnError(ConflictError):
    """Customers of the import were changed or used since: look at them, or leave them as they are.

    `customers` in the details are the first hundred, each with its reason; with `leave_changed` the
    others are taken back.
    """

    code = "CUSTOMER_IMPORT_MOVED_ON"

    def __init__(self, customers: Sequence[Mapping[str, str]], total: int) -> None:
        super().__init__(
            f"{total} customers of this import were changed or used since; send leave_changed to "
            "take back the others.",
            customers=list(customers),
            total=total,
        )


class CustomerInUseError(ConflictError):
    """Something belongs to the customer by now: it stays."""

    code = "CUSTOMER_IN_USE"

    def __init__(self) -> None:
        super().__init__("Something belongs to the customer by now, so that it stays.")
