"""Which treatment a line gets: for this buyer, this product, on this day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.rates import TaxRates
from dotmac_billing.tax.treatment import STANDARD, ZERO, AppliedTax, Treatment, treatment_of


class Taxes:
    """All tax law that a tenant has written down; read once, asked for every line."""

    def __init__(self, rates: TaxRates, names: Mapping[str, str] | None = None) -> None:
        self._rates = rates
        self._names = names or {}
        self._direct: dict[tuple[str, date], Treatment] = {}

    def treatment(self, buyer: TaxBuyer, code: str | None, on: date) -> Treatment | None:
        """The taxes on a line of that code on that day; None for a line that has no code.

        Raises:
            TaxRateMissingError: nothing says what the code means, or not on that day.
        """
        del buyer  # a code that is a tax's own leaves nothing to be asked of the buyer
        if code is None:
            return None
        found = self._direct.get((code, on))
        if found is None:
            rate = self._rates.on(code, on)
            tax = AppliedTax(
                code, self._names.get(code, code), rate, category=STANDARD if rate else ZERO
            )
            found = self._direct[code, on] = treatment_of(tax, key=code)
        return found
