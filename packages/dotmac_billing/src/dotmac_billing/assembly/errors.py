"""Why something due cannot be put on an invoice."""

from __future__ import annotations

from decimal import Decimal

from dotmac_core_ops.errors import InvalidError


class PriceCurrencyMissingError(InvalidError):
    """A component has no price in the currency of the subscription."""

    code = "PRICE_CURRENCY_MISSING"

    def __init__(self, component: str, currency: str) -> None:
        super().__init__(
            f"Component {component!r} has no price in {currency}.",
            component=component,
            currency=currency,
        )


class InvoiceTooLargeError(InvalidError):
    """A line is over more than an invoice can hold."""

    code = "INVOICE_TOO_LARGE"

    def __init__(self, description: str, amount: Decimal, largest: Decimal) -> None:
        super().__init__(
            f"A line of an invoice is over at most {largest:,}.",
            line=description,
            amount=str(amount),
        )


class TooManyLinesError(InvalidError):
    """An invoice would have more lines than anybody could check; a person has to look."""

    code = "TOO_MANY_LINES"

    def __init__(self, lines: int, most: int) -> None:
        super().__init__(f"An invoice has at most {most} lines.", lines=lines, most=most)
