"""Refusals of invoicing.

```text
NegativeInvoiceError        422
InvoiceTooLargeError        422
CustomerUnknownError        422
```
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import InvalidError


class NegativeInvoiceError(InvalidError):
    """The lines sum to less than nothing; that would be a credit, not an invoice."""

    code = "NEGATIVE_INVOICE"

    def __init__(self, total: Decimal, currency: str) -> None:
        super().__init__(
            f"An invoice cannot be over {total} {currency}.",
            total=str(total),
            currency=currency,
        )


class InvoiceTooLargeError(InvalidError):
    """A line is over more than an invoice can hold."""

    code = "INVOICE_TOO_LARGE"

    def __init__(self, net: Decimal, largest: Decimal) -> None:
        super().__init__(
            f"A line can be over {largest:,} at most.", net=str(net), largest=str(largest)
        )


class CustomerUnknownError(InvalidError):
    """The body names a customer that billing does not have."""

    code = "CUSTOMER_UNKNOWN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", customer_id=str(customer_id))
