"""Prices that are a part of the value of transactions.

With `free_units` (a number of transactions) or `free_amount` (a value) the first transactions are
free, in order of time, until either allowance is used up, whichever comes first. The transaction
that crosses `free_amount` pays the rate on what lies above it, and its fixed fee in full.
`minimum_per_transaction` and `maximum_per_transaction` hold for rate and fixed fee together, of
each transaction that is not free.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dotmac_billing.charges.errors import UsageNotMeasuredError
from dotmac_billing.charges.exact import EXACT, ONE, ZERO
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need, not_negative
from dotmac_billing.charges.parameters import PriceParameters
from dotmac_billing.charges.tiers import Graduated, read_tiers


@dataclass(frozen=True, slots=True)
class PercentageOfTotal:
    """The rate on the value of all transactions above the free amount."""

    rate: Decimal
    free_amount: Decimal = ZERO
    minimum: Decimal | None = None
    needs: frozenset[Need] = frozenset({Need.TOTAL})

    def charge(self, measured: Measured) -> Charged:
        """The rate on the value above the free amount."""
        value = not_negative(measured.quantity)
        free = min(value, self.free_amount)
        charged = EXACT.subtract(value, free)
        steps = [Step("free", free, ZERO, ZERO)] if free else []
        steps.append(Step("rate", charged, self.rate, EXACT.multiply(charged, self.rate)))
        return Charged.of(steps)


@dataclass(frozen=True, slots=True)
class Percentage:
    """A rate and a fixed fee for each transaction, within a minimum and a maximum for each."""

    rate: Decimal
    fixed_fee: Decimal = ZERO
    free_units: Decimal | None = None
    free_amount: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    minimum: Decimal | None = None
    needs: frozenset[Need] = frozenset({Need.VALUES})

    def charge(self, measured: Measured) -> Charged:
        """What all transactions pay, with one step for each way in which they do.

        Raises:
            UsageNotMeasuredError: something was used, and the single transactions are not given.
        """
        not_negative(measured.quantity)
        if measured.quantity and not measured.values:
            raise UsageNotMeasuredError("the value of each transaction")
        free, value, count = ZERO, ZERO, 0
        raised, raises, cut, cuts = ZERO, 0, ZERO, 0
        for charged, given in self._charged_values(measured.values):
            free = EXACT.add(free, given)
            if charged is None:
                continue
            count += 1
            value = EXACT.add(value, charged)
            fee = EXACT.add(EXACT.multiply(charged, self.rate), self.fixed_fee)
            if self.lowest is not None and fee < self.lowest:
                raised, raises = EXACT.add(raised, EXACT.subtract(self.lowest, fee)), raises + 1
            elif self.highest is not None and fee > self.highest:
                cut, cuts = EXACT.add(cut, EXACT.subtract(self.highest, fee)), cuts + 1
        steps = [Step("rate", value, self.rate, EXACT.multiply(value, self.rate))]
        if free:
            steps.insert(0, Step("free", free, ZERO, ZERO))
        if self.fixed_fee:
            fees = EXACT.multiply(Decimal(count), self.fixed_fee)
            steps.append(Step("fixed_fee", Decimal(count), self.fixed_fee, fees))
        if raises:
            steps.append(Step("minimum_per_transaction", Decimal(raises), None, raised))
        if cuts:
            steps.append(Step("maximum_per_transaction", Decimal(cuts), None, cut))
        return Charged.of(steps)

    def _charged_values(self, values: tuple[Decimal, ...]) -> list[tuple[Decimal | None, Decimal]]:
        """Of each transaction the value that is charged (None: it is free) and the one given."""
        split: list[tuple[Decimal | None, Decimal]] = []
        units, left = self.free_units, self.free_amount
        has_allowance = units is not None or left is not None
        for number, value in enumerate(values):
            not_negative(value)
            if not has_allowance or (units is not None and number >= units):
                split.append((value, ZERO))
            elif left is None:
                split.append((None, value))
            else:
                given = min(value, left)
                is_free = left > 0 and given == value
                left = EXACT.subtract(left, given)
                split.append((None if is_free else EXACT.subtract(value, given), given))
                has_allowance = left > 0
        return split


def read_percentage(given: PriceParameters) -> PercentageOfTotal | Percentage:
    """`{"rate", "fixed_fee": "0", "free_units", "free_amount", "minimum_per_transaction",
    "maximum_per_transaction"}`; only a rate and a free amount need no single transactions.
    """
    rate = given.rate("rate")
    fixed_fee = given.price("fixed_fee", ZERO)
    units = given.optional_size("free_units")
    amount = given.optional_size("free_amount")
    lowest = given.optional_price("minimum_per_transaction")
    highest = given.optional_price("maximum_per_transaction")
    if lowest is not None and highest is not None and lowest > highest:
        raise given.refuse("maximum_per_transaction", "is below the minimum per transaction.")
    if units is not None and units % ONE:
        raise given.refuse("free_units", "is a whole number of transactions.")
    if not fixed_fee and units is None and lowest is None and highest is None:
        return PercentageOfTotal(rate, amount or ZERO)
    return Percentage(rate, fixed_fee, units, amount, lowest, highest)


def read_graduated_percentage(given: PriceParameters) -> Graduated:
    """`{"tiers": [{"up_to", "rate", "flat_fee"}], "flat_fee_at_zero": true}`, of all value."""
    flat_fee_at_zero = given.flag("flat_fee_at_zero", default=True)
    return Graduated(read_tiers(given, "rate"), flat_fee_at_zero, step_kind="rate")
