"""The buyer as the law of taxes sees it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Exemption(NamedTuple):
    """A certificate that frees its holder of taxes, from a day up to, not including, another.

    Without `country` it holds everywhere, without `region` in all of the country, without
    `tax_code` for every tax there; `reason_code` is of the list VATEX.
    """

    reason: str
    reason_code: str | None
    certificate: str
    country: str | None
    region: str | None
    tax_code: str | None
    valid_from: date
    valid_until: date | None

    def holds(self, on: date) -> bool:
        """Whether it is valid on that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


class TaxBuyer(NamedTuple):
    """Where the buyer is and what it is.

    `country` is of ISO 3166-1 alpha-2, `region` what follows the hyphen in ISO 3166-2 (`QC`).
    `has_valid_tax_id`: its VAT number was found good. A buyer of whom nothing is known is a
    consumer in the seller's own country.
    """

    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    city: str | None = None
    is_business: bool = False
    has_valid_tax_id: bool = False
    exemptions: tuple[Exemption, ...] = ()


UNKNOWN_BUYER = TaxBuyer()
"""A consumer in the seller's own country."""
