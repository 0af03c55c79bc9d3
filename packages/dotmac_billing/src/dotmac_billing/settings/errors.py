"""What the settings refuse."""

from __future__ import annotations

from dotmac_core_ops.errors import ConflictError, InvalidError


class InvalidNumberFormatError(InvalidError):
    """A number format needs `{seq}` (such as `INV-{seq:06d}`) once, and may show the date.

    When numbers begin with 1 again each year, it must show the year.
    """

    code = "INVALID_NUMBER_FORMAT"

    def __init__(self, number_format: str) -> None:
        super().__init__(
            "A number format needs {seq} once, such as INV-{year}-{seq:05d}; it may hold {year}, "
            "{yy} and {month}, and must show the year when numbers begin anew each year.",
            format=number_format,
        )


class NumberFormatTakenError(ConflictError):
    """Invoices and debit notes would be numbered alike."""

    code = "NUMBER_FORMAT_TAKEN"

    def __init__(self, number_format: str) -> None:
        super().__init__(
            "Invoices and debit notes need different number formats.", format=number_format
        )


class NumberLoweredError(ConflictError):
    """The next number of a series can be raised, never lowered: numbers would come twice."""

    code = "NUMBER_LOWERED"

    def __init__(self, series: str, wanted: int, current: int) -> None:
        super().__init__(
            f"The next number of {series} is {current} and cannot be lowered to {wanted}.",
            series=series,
            wanted=wanted,
            current=current,
        )
