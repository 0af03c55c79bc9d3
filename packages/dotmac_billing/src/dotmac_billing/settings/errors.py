"""What the settings refuse."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class InvalidNumberFormatError(InvalidError):
    """An invoice number format needs `{seq}` (such as `INV-{seq:06d}`) and no other field."""

    code = "INVALID_NUMBER_FORMAT"

    def __init__(self, number_format: str) -> None:
        super().__init__(
            "An invoice number format needs {seq}, such as INV-{seq:06d}, and no other field.",
            format=number_format,
        )
