"""Refusals of tax.

```text
TaxRateMissingError         422
TaxRuleMissingError         422
TaxSellerUnknownError       422
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


class TaxRuleMissingError(InvalidError):
    """The seller collects tax at the place of supply, and no rule says which."""

    code = "TAX_RULE_MISSING"

    def __init__(self, category: str, country: str, region: str | None, day: date) -> None:
        where = country if region is None else f"{country}-{region}"
        super().__init__(
            f"No rule says how {category!r} is taxed in {where} on {day}.",
            category=category,
            country=country,
            region=region,
            day=str(day),
        )


class TaxSellerUnknownError(InvalidError):
    """Rules depend on where the seller is; set the country in the billing settings."""

    code = "TAX_SELLER_UNKNOWN"

    def __init__(self, category: str) -> None:
        super().__init__(
            f"How {category!r} is taxed depends on the seller's country, which is not set.",
            category=category,
        )
