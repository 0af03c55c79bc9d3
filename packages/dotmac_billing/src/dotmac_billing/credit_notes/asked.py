"""What a credit note is asked to take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID

from dotmac_billing.credit_notes.reasons import CreditReason


class Remainder(Enum):
    """What becomes of the part of a credit note that its invoice does not need any more.

    `CREDIT`: the customer's later invoices take it. `REFUND`: it is to be paid back.
    """

    CREDIT = "credit"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class LineCredit:
    """What is taken back of a line: `quantity` of its units, or `amount` before tax; or the rest.

    Exactly one of them may be given; with neither, all that the line still holds.
    """

    line_id: UUID
    quantity: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewCreditNote:
    """A credit note to be issued; without `lines` and `amount` it takes back all that is left.

    `amount` is with tax and is spread over the lines in proportion to what they still hold.
    `issued_on` None means today in the customer's zone. `approval_id` is the agreement of a second
    person, which is needed above the tenant's limit.
    """

    invoice_id: UUID
    reason: CreditReason = CreditReason.OTHER
    lines: tuple[LineCredit, ...] = ()
    amount: Decimal | None = None
    memo: str | None = None
    remainder: Remainder = Remainder.CREDIT
    issued_on: date | None = None
    approval_id: UUID | None = None
