"""Refusals of tax.

```text
TaxRateMissingError         422
```
"""

from __future__ import annotations

from datetime import date

from dotmac_core_ops.errors import InvalidError


class TaxRateMissingError(InvalidError):
    """The tax has no rate on the day of billing."""

    code = "TAX_RATE_MISSING"

    def __init__(self, tax_code: str, day: date) -> None:
        super().__init__(f"Tax {tax_code!r} has no rate on {day}.", tax_code=tax_code, day=str(day))
