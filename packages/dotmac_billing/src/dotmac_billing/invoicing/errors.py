"""Refusals of invoicing.

```text
TaxRateMissingError         422
NegativeInvoiceError        422
InvoiceTooLargeError        422
CustomerUnknownError        422
```
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import InvalidError


class TaxRateMissingError(InvalidError):
    """The tax has no rate on the day of billing."""

    code = "TAX_RATE_MISSING"

    def __init__(self, tax_code: str, day: date) -> None:
        super().__init__(f"Tax {tax_code!r} has no rate on {day}.", tax_code=tax_code, day=str(day))


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
