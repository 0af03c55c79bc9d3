"""Which rate a tax has on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from dotmac_billing.tax.errors import TaxRateMissingError


class TaxRates:
    """A tenant's tax rates, as fractions: 0.2 is 20 %."""

    def __init__(self, rates: Iterable[tuple[str, date, Decimal]] = ()) -> None:
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        self._found: dict[tuple[str, date], Decimal] = {}
        for code, valid_from, rate in sorted(rates):
            self._days.setdefault(code, []).append(valid_from)
            self._rates.setdefault(code, []).append(rate)

    def __contains__(self, code: str) -> bool:
        """Whether the tax has a rate on any day."""
        return code in self._days

    def on(self, code: str, day: date) -> Decimal:
        """The rate that holds on `day`: the latest whose first day is not after it.

        Raises:
            TaxRateMissingError: unknown code, or `day` is before its first rate.
        """
        rate = self._found.get((code, day))
        if rate is None:
            known = bisect_right(self._days.get(code, []), day)
            if not known:
                raise TaxRateMissingError(code, day)
            rate = self._found[code, day] = self._rates[code][known - 1]
        return rate
