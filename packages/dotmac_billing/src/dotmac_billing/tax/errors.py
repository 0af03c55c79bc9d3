"""Refusals of tax.

```text
TaxRateMissingError         422
TaxRuleMissingError         422
TaxSellerUnknownError       422
TaxServiceRefusedError      422
TaxServiceUnavailableError  503
TaxAnswerFaultyError        503
TaxServiceNotConfiguredError 503
TaxLinesChangedError        503
```
"""

from __future__ import annotations

from datetime import date

from dotmac_core_ops.errors import InvalidError, UnavailableError


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


class TaxServiceRefusedError(InvalidError):
    """A tax service answered that it will not: wrong credentials, an unknown address."""

    code = "TAX_SERVICE_REFUSED"

    def __init__(self, service: str, reason: str, message: str) -> None:
        super().__init__(f"{service}: {message or reason}", service=service, reason=reason)
        self.reason = reason


class TaxServiceUnavailableError(UnavailableError):
    """A tax service did not answer, however often it was asked."""

    code = "TAX_SERVICE_UNAVAILABLE"

    def __init__(self, service: str, problem: str) -> None:
        super().__init__(f"{service} does not answer ({problem}).", service=service)


class TaxAnswerFaultyError(UnavailableError):
    """A tax service's answer cannot be right, so that nothing is made of it."""

    code = "TAX_ANSWER_FAULTY"

    def __init__(self, service: str, problem: str) -> None:
        super().__init__(f"The answer of {service} is faulty: {problem}.", service=service)


class TaxServiceNotConfiguredError(UnavailableError):
    """The tenant wants a tax service for which the installation has no account."""

    code = "TAX_SERVICE_NOT_CONFIGURED"

    def __init__(self, service: str) -> None:
        super().__init__(f"There is no account of {service} here.", service=service)


class TaxLinesChangedError(UnavailableError):
    """What is to be invoiced changed while a tax service was asked about it; ask again."""

    code = "TAX_LINES_CHANGED"

    def __init__(self) -> None:
        super().__init__("The invoice changed while its tax was being worked out.")
