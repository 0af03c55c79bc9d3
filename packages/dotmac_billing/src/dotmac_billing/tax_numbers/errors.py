"""Refusals of checking tax numbers."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class TaxNumberMissingError(InvalidError):
    """Neither the request nor the customer has a number and a country to check."""

    code = "TAX_NUMBER_MISSING"

    def __init__(self) -> None:
        super().__init__("There is no tax number with a country to check.")
