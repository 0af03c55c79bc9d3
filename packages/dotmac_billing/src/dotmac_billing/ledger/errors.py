"""Refusals of the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, DomainError, InvalidError, NotFoundError


class UnbalancedEntryError(DomainError):
    """An entry's debits and credits differ; a fault of the program."""

    code = "UNBALANCED_ENTRY"
    status = 500

    def __init__(self, source_type: str, total: Decimal) -> None:
        super().__init__(
            f"The entry of a {source_type} sums to {total}.", source_type=source_type, total=total
        )


class PeriodClosedError(ConflictError):
    """The books are closed up to a day that is not before the entry's."""

    code = "PERIOD_CLOSED"

    def __init__(self, on: date, closed_on: date) -> None:
        super().__init__(
            f"The books are closed up to {closed_on}; {on} is not open.", on=on, closed_on=closed_on
        )


class PeriodNotClosableError(InvalidError):
    """Not the last day of a month that is over, or one that is closed already."""

    code = "PERIOD_NOT_CLOSABLE"

    def __init__(self, through: date) -> None:
        super().__init__(
            f"{through} is not the last day of an open month that is over.", through=through
        )


class PeriodNotClosedError(ConflictError):
    """Nothing is closed from that month on."""

    code = "PERIOD_NOT_CLOSED"

    def __init__(self, month: date) -> None:
        super().__init__(f"{month:%Y-%m} is not closed.", month=month)


class AccountNotFoundError(NotFoundError):
    """The chart has no such account."""

    code = "LEDGER_ACCOUNT_NOT_FOUND"

    def __init__(self, account: str) -> None:
        super().__init__(f"There is no account {account!r}.", account=account)


class AccountExistsError(ConflictError):
    """The chart has an account of that code already."""

    code = "LEDGER_ACCOUNT_EXISTS"

    def __init__(self, account: str) -> None:
        super().__init__(f"There is an account {account!r} already.", account=account)


class AccountKeptByBillingError(InvalidError):
    """What stands on the account follows from invoices and credit; nobody posts to it by hand."""

    code = "LEDGER_ACCOUNT_KEPT_BY_BILLING"

    def __init__(self, account: str) -> None:
        super().__init__(f"{account!r} is kept by billing.", account=account)


class JournalEntryInvalidError(InvalidError):
    """An entry made by hand has no amounts, sums to something, or has a fraction of a unit."""

    code = "JOURNAL_ENTRY_INVALID"

    def __init__(self, total: Decimal) -> None:
        super().__init__(
            f"The amounts must be whole minor units and sum to zero, not to {total}.", total=total
        )


class EntryNotFoundError(NotFoundError):
    """The books have no such entry."""

    code = "LEDGER_ENTRY_NOT_FOUND"

    def __init__(self, entry_id: UUID) -> None:
        super().__init__(f"There is no entry {entry_id}.", entry_id=entry_id)


class EntryNotReversibleError(ConflictError):
    """Only entries made by hand are reversed by hand, and each once only."""

    code = "LEDGER_ENTRY_NOT_REVERSIBLE"

    def __init__(self, entry_id: UUID) -> None:
        super().__init__(
            f"Entry {entry_id} was not made by hand, or is reversed already.", entry_id=entry_id
        )


class ReportPeriodError(InvalidError):
    """The last day of a report is before its first."""

    code = "REPORT_PERIOD_INVALID"

    def __init__(self, from_on: date, to_on: date) -> None:
        super().__init__(f"{to_on} is before {from_on}.", from_on=from_on, to_on=to_on)
