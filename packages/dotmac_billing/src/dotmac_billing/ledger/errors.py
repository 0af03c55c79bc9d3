"""Refusals of the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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


class ReportPeriodError(InvalidError):
    """The last day of a report is before its first."""

    code = "REPORT_PERIOD_INVALID"

    def __init__(self, from_on: date, to_on: date) -> None:
        super().__init__(f"{to_on} is before {from_on}.", from_on=from_on, to_on=to_on)


class RecognitionInFutureError(InvalidError):
    """Revenue is earned as time goes by, not ahead of it."""

    code = "RECOGNITION_IN_FUTURE"

    def __init__(self, through: date) -> None:
        super().__init__(f"{through} has not come yet.", through=through)
