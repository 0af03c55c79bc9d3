"""Refusals of decisions about issued invoices.

```text
InvoiceHasPaymentsError       409
InvoiceNotOpenError           409
WriteOffTooLargeError         422
WriteOffAmountInvalidError    422
```
"""

from __future__ import annotations

from decimal import Decimal

from dotmac_core_ops.errors import ConflictError, InvalidError


class InvoiceHasPaymentsError(ConflictError):
    """Something was paid, credited, taken back or given up on it; credit it, do not make it void.

    What was paid from wallets does not count: that is put back.
    """

    code = "INVOICE_HAS_PAYMENTS"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} was paid, credited or written off in part; issue a credit note instead.",
            number=number,
        )


class InvoiceNotOpenError(ConflictError):
    """Nothing is due on the invoice, or it is void."""

    code = "INVOICE_NOT_OPEN"

    def __init__(self, number: str, status: str) -> None:
        super().__init__(f"{number} is {status}.", number=number, status=status)


class WriteOffTooLargeError(InvalidError):
    """More is to be given up than is due, or more to be taken up again than was given up."""

    code = "WRITE_OFF_TOO_LARGE"

    def __init__(self, asked: Decimal, left: Decimal) -> None:
        super().__init__(
            f"{asked} was asked for and {left} is the most.", asked=str(asked), left=str(left)
        )


class WriteOffAmountInvalidError(InvalidError):
    """An amount to be given up is more than nothing, in whole minor units."""

    code = "WRITE_OFF_AMOUNT_INVALID"

    def __init__(self, asked: Decimal) -> None:
        super().__init__(f"{asked} is no amount that could be written off.", asked=str(asked))
