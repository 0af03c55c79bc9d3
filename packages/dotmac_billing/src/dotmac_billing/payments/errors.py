"""Refusals of payments.

```text
PaymentNotPositiveError     422
PaymentInFutureError        422
AllocationTooLargeError     422
WithheldTooLargeError       422
PayerUnknownError           422
InvoiceNotPayableError      409
PaymentNotFoundError        404
```
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class PaymentNotPositiveError(InvalidError):
    """A payment is over more than nothing, in whole minor units of its currency."""

    code = "PAYMENT_NOT_POSITIVE"

    def __init__(self, amount: Decimal, currency: str) -> None:
        super().__init__(
            f"{amount} {currency} is no amount of a payment.",
            amount=str(amount),
            currency=currency,
        )


class PaymentInFutureError(InvalidError):
    """Money cannot have been received on a day that has not come."""

    code = "PAYMENT_IN_FUTURE"

    def __init__(self, received_on: date) -> None:
        super().__init__(f"{received_on} has not come yet.", received_on=str(received_on))


class AllocationTooLargeError(InvalidError):
    """The allocations ask for more than the payment, or more than an invoice still needs."""

    code = "ALLOCATION_TOO_LARGE"

    def __init__(self, asked: Decimal, available: Decimal) -> None:
        super().__init__(
            f"{asked} was to be allocated and {available} is the most.",
            asked=str(asked),
            available=str(available),
        )


class WithheldTooLargeError(InvalidError):
    """What was withheld is a part of the payment, in whole minor units."""

    code = "WITHHELD_TOO_LARGE"

    def __init__(self, withheld: Decimal, amount: Decimal) -> None:
        super().__init__(
            f"{withheld} cannot have been withheld of {amount}.",
            withheld=str(withheld),
            amount=str(amount),
        )


class PayerUnknownError(InvalidError):
    """The payment names a customer that billing does not have."""

    code = "PAYER_UNKNOWN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", customer_id=str(customer_id))


class InvoiceNotPayableError(ConflictError):
    """The invoice is not an open one of this customer in this currency."""

    code = "INVOICE_NOT_PAYABLE"

    def __init__(self, invoice_id: UUID) -> None:
        super().__init__(
            "This is not an open invoice of the customer in the payment's currency.",
            invoice_id=str(invoice_id),
        )


class PaymentNotFoundError(NotFoundError):
    """There is no payment with this identifier."""

    code = "PAYMENT_NOT_FOUND"

    def __init__(self, payment_id: UUID) -> None:
        super().__init__("There is no such payment.", payment_id=str(payment_id))
