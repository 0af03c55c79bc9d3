"""Refusals of invoicing.

```text
InvoiceNotFoundError        404
TaxRateMissingError         422
NegativeInvoiceError        422
CustomerUnknownError        422
```
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import InvalidError, NotFoundError


class InvoiceNotFoundError(NotFoundError):
    """There is no invoice with this identifier."""

    code = "INVOICE_NOT_FOUND"

    def __init__(self, invoice_id: UUID) -> None:
        super().__init__("There is no such invoice.", invoice_id=invoice_id)


class TaxRateMissingError(InvalidError):
    """The tax has no rate on the day of billing."""

    code = "TAX_RATE_MISSING"

    def __init__(self, tax_code: str, day: date) -> None:
        super().__init__(f"Tax {tax_code!r} has no rate on {day}.", tax_code=tax_code, day=day)


class NegativeInvoiceError(InvalidError):
    """The lines sum to less than nothing; that would be a credit, not an invoice."""

    code = "NEGATIVE_INVOICE"

    def __init__(self, total: Decimal, currency: str) -> None:
        super().__init__(
            f"An invoice cannot be over {total} {currency}.", total=total, currency=currency
        )


class CustomerUnknownError(InvalidError):
    """The body names a customer that billing does not have."""

    code = "CUSTOMER_UNKNOWN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", customer_id=customer_id)
