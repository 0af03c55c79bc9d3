"""What charging refuses."""

from __future__ import annotations

from decimal import Decimal

from dotmac_core_ops.errors import InvalidError


class InvalidPriceError(InvalidError):
    """A price's parameters are not those of its model; `field` is the path of the first mistake."""

    code = "INVALID_PRICE"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}" if field else problem, field=field)
        self.field = field


class NegativeUsageError(InvalidError):
    """Less than nothing was used; corrections may lower usage to zero, not further."""

    code = "NEGATIVE_USAGE"

    def __init__(self, quantity: Decimal) -> None:
        super().__init__("A charge is for zero or more, not less.", quantity=format(quantity, "f"))


class UsageNotMeasuredError(InvalidError):
    """The usage lacks what its price is worked out from: see the price's `needs`."""

    code = "USAGE_NOT_MEASURED"

    def __init__(self, missing: str) -> None:
        super().__init__(f"The price cannot be worked out without {missing}.", missing=missing)


class InvalidChargeError(InvalidError):
    """A custom charge model answered with something that is not an exact, explained amount."""

    code = "INVALID_CHARGE"

    def __init__(self, rule: str, problem: str) -> None:
        super().__init__(f"The custom charge model {rule!r} {problem}", rule=rule)
