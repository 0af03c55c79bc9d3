"""Prices that depend on when something is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dotmac_billing.charges.errors import UsageNotMeasuredError
from dotmac_billing.charges.exact import EXACT
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need, not_negative
from dotmac_billing.charges.parameters import PriceParameters
from dotmac_billing.charges.windows import OTHERWISE, Windows, compile_windows


@dataclass(frozen=True, slots=True)
class TimeOfUse:
    """A unit price for each window of the week, and one for the rest of it."""

    windows: Windows
    unit_prices: Mapping[str, Decimal]
    minimum: Decimal | None = None
    needs: frozenset[Need] = frozenset({Need.WINDOWS})

    def window_of(self, local: datetime) -> str:
        """The name of the window in which usage at that local time is to be counted."""
        return self.windows.window_of(local)

    def charge(self, measured: Measured) -> Charged:
        """Each window's quantity at its price, in the order of the price's windows.

        Raises:
            UsageNotMeasuredError: something was used and it is not known when, or in a window that
                the price does not have.
        """
        not_negative(measured.quantity)
        by_window = measured.by_window
        if (measured.quantity and not by_window) or not by_window.keys() <= self.unit_prices.keys():
            raise UsageNotMeasuredError("the quantity in each of its windows")
        steps = []
        for name, price in self.unit_prices.items():
            quantity = by_window.get(name)
            if quantity:
                amount = EXACT.multiply(not_negative(quantity), price)
                steps.append(Step("window", quantity, price, amount, label=name))
        return Charged.of(steps)


def read_time_of_use(given: PriceParameters) -> TimeOfUse:
    """`{"windows": [{"name", "days", "from", "to", "unit_price"}], "otherwise_unit_price"}`."""
    prices: dict[str, Decimal] = {}
    named: list[tuple[str, PriceParameters]] = []
    for row in given.rows("windows"):
        name = row.text("name")
        if name in prices or name == OTHERWISE:
            raise row.refuse("name", f"must be its own, and not {OTHERWISE!r}.")
        prices[name] = row.price("unit_price")
        named.append((name, row))
    windows = compile_windows(named)
    for _, row in named:
        row.finish()
    prices[OTHERWISE] = given.price("otherwise_unit_price")
    return TimeOfUse(windows, prices)
