"""Refusals of credit notes and debit notes.

```text
CreditNoteNotFoundError       404
NothingToCreditError          409
InvoiceNotCreditableError     409
CreditTooLargeError           422
CreditAmountInvalidError      422
CreditedLineUnknownError      422
CreditNoteDayError            422
RefundNotOwedError            409
```
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class CreditNoteNotFoundError(NotFoundError):
    """There is no credit note with this id."""

    code = "CREDIT_NOTE_NOT_FOUND"

    def __init__(self, credit_note_id: UUID) -> None:
        super().__init__("There is no such credit note.", credit_note_id=str(credit_note_id))


class NothingToCreditError(ConflictError):
    """All that the invoice was over has been taken back already, or it was over nothing."""

    code = "NOTHING_TO_CREDIT"

    def __init__(self, number: str) -> None:
        super().__init__(f"Nothing is left to credit of {number}.", number=number)


class InvoiceNotCreditableError(ConflictError):
    """A void invoice has nothing that could be taken back."""

    code = "INVOICE_NOT_CREDITABLE"

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is void.", number=number)


class CreditTooLargeError(InvalidError):
    """More is to be taken back than is left of the invoice or of one of its lines."""

    code = "CREDIT_TOO_LARGE"

    def __init__(self, asked: Decimal, left: Decimal, line: int | None = None) -> None:
        what = "the invoice" if line is None else f"line {line}"
        super().__init__(
            f"{asked} was to be credited and {left} is left of {what}.",
            asked=str(asked),
            left=str(left),
            line=line,
        )


class CreditAmountInvalidError(InvalidError):
    """An amount or a quantity to credit is more than nothing, in whole minor units."""

    code = "CREDIT_AMOUNT_INVALID"

    def __init__(self, asked: Decimal) -> None:
        super().__init__(f"{asked} cannot be credited.", asked=str(asked))


class CreditedLineUnknownError(InvalidError):
    """The line is not one of the invoice, or is named twice."""

    code = "CREDITED_LINE_UNKNOWN"

    def __init__(self, line_id: UUID) -> None:
        super().__init__(
            "This is not a line of the invoice, or it is named twice.", line_id=str(line_id)
        )


class CreditNoteDayError(InvalidError):
    """A credit note cannot be older than its invoice; neither it nor a refund can be of a day that
    has not come.
    """

    code = "CREDIT_NOTE_DAY"

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} is no day for this.", day=str(day))


class RefundNotOwedError(ConflictError):
    """More is said to be paid back than the credit note leaves to be paid back."""

    code = "REFUND_NOT_OWED"

    def __init__(self, asked: Decimal, left: Decimal) -> None:
        super().__init__(
            f"{asked} was paid back and {left} was to be.", asked=str(asked), left=str(left)
        )
