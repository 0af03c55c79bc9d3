"""Prices that depend on how much is used.

What holds for every model with tiers:

- A tier is given by its **upper bound** `up_to`, which **belongs to it**. The next tier begins with
  whatever lies above. With bounds 100 and null, unit 100 is in the first tier; 100.5 units are 100
  in the first and 0.5 in the second. The last tier, and only it, has no bound (null).
- A tier's `flat_fee` is charged **once, when any quantity lies in the tier**.
- **At zero use** the first tier's flat fee is charged, as is usual in the field; with
  `"flat_fee_at_zero": false` nothing is.
- Nothing is rounded: a quantity is split at the bound exactly.

*Graduated*: each part of the quantity costs what its own tier says. *Volume*: the whole quantity
costs what the tier says that the total lies in. *Stairstep*: only that tier's flat fee.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.charges.exact import EXACT, ONE, ZERO
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need, not_negative
from dotmac_billing.charges.parameters import PriceParameters

_TOTAL = frozenset({Need.TOTAL})


class Tier(NamedTuple):
    """What lies above `above` up to and including `up_to` (None: without end)."""

    above: Decimal
    up_to: Decimal | None
    unit_price: Decimal
    flat_fee: Decimal

    def priced(self, kind: str, quantity: Decimal) -> Step:
        """`quantity` at the tier's price."""
        amount = EXACT.multiply(quantity, self.unit_price)
        return Step(kind, quantity, self.unit_price, amount, self.above, self.up_to)

    def fee(self) -> Step:
        """The tier's flat fee."""
        return Step("flat_fee", ONE, self.flat_fee, self.flat_fee, self.above, self.up_to)


@dataclass(frozen=True, slots=True)
class Graduated:
    """Each part of the quantity costs what its own tier says."""

    tiers: tuple[Tier, ...]
    flat_fee_at_zero: bool = True
    step_kind: str = "tier"
    minimum: Decimal | None = None
    needs: frozenset[Need] = _TOTAL

    def charge(self, measured: Measured) -> Charged:
        """The parts of the quantity at their tiers' prices, and the fees of the tiers reached."""
        quantity = not_negative(measured.quantity)
        if not quantity:
            return _at_zero(self.tiers[0], self.flat_fee_at_zero)
        steps: list[Step] = []
        for tier in self.tiers:
            if quantity <= tier.above:
                break
            top = quantity if tier.up_to is None else min(quantity, tier.up_to)
            steps.append(tier.priced(self.step_kind, EXACT.subtract(top, tier.above)))
            if tier.flat_fee:
                steps.append(tier.fee())
        return Charged.of(steps)


@dataclass(frozen=True, slots=True)
class Volume:
    """The whole quantity costs what the tier says that the total lies in."""

    tiers: tuple[Tier, ...]
    flat_fee_at_zero: bool = True
    minimum: Decimal | None = None
    needs: frozenset[Need] = _TOTAL
    bounds: tuple[Decimal, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bounds", _bounds(self.tiers))

    def charge(self, measured: Measured) -> Charged:
        """The quantity at the price of the tier reached, and that tier's fee."""
        quantity = not_negative(measured.quantity)
        if not quantity:
            return _at_zero(self.tiers[0], self.flat_fee_at_zero)
        tier = self.tiers[bisect_left(self.bounds, quantity)]
        steps = [tier.priced("tier", quantity)]
        if tier.flat_fee:
            steps.append(tier.fee())
        return Charged.of(steps)


@dataclass(frozen=True, slots=True)
class Stairstep:
    """A fee for the tier that the total lies in, whatever the quantity within it."""

    tiers: tuple[Tier, ...]
    flat_fee_at_zero: bool = True
    minimum: Decimal | None = None
    needs: frozenset[Need] = _TOTAL
    bounds: tuple[Decimal, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bounds", _bounds(self.tiers))

    def charge(self, measured: Measured) -> Charged:
        """The fee of the tier reached."""
        quantity = not_negative(measured.quantity)
        if not quantity and not self.flat_fee_at_zero:
            return Charged(ZERO, ())
        return Charged.of([self.tiers[bisect_left(self.bounds, quantity)].fee()])


def _bounds(tiers: tuple[Tier, ...]) -> tuple[Decimal, ...]:
    return tuple(tier.up_to for tier in tiers if tier.up_to is not None)


def _at_zero(first: Tier, charges_fee: bool) -> Charged:
    return Charged.of([first.fee()] if charges_fee and first.flat_fee else [])


def read_graduated(given: PriceParameters) -> Graduated:
    """`{"tiers": [{"up_to", "unit_price", "flat_fee"}], "flat_fee_at_zero": true}`."""
    return Graduated(read_tiers(given, "unit_price"), given.flag("flat_fee_at_zero", default=True))


def read_volume(given: PriceParameters) -> Volume:
    """As graduated."""
    return Volume(read_tiers(given, "unit_price"), given.flag("flat_fee_at_zero", default=True))


def read_stairstep(given: PriceParameters) -> Stairstep:
    """`{"tiers": [{"up_to", "flat_fee"}], "flat_fee_at_zero": true}`."""
    return Stairstep(read_tiers(given, None), given.flag("flat_fee_at_zero", default=True))


def read_tiers(given: PriceParameters, price: str | None) -> tuple[Tier, ...]:
    """The tiers under `tiers`, whose price per unit is called `price` (None: they have none).

    A tier needs a price per unit or a flat fee; the other is zero.

    Raises:
        InvalidPriceError: bounds do not rise, the last tier has one, or another has none.
    """
    rows = given.rows("tiers")
    tiers: list[Tier] = []
    above = ZERO
    for row in rows:
        up_to = row.optional_size("up_to")
        if (up_to is None) is not (row is rows[-1]):
            raise row.refuse("up_to", "is null in the last tier and a number in the others.")
        if up_to is not None and up_to <= above:
            raise row.refuse("up_to", "must be above the bound of the tier before.")
        tiers.append(_tier(row, price, above, up_to))
        above = above if up_to is None else up_to
    return tuple(tiers)


def _tier(row: PriceParameters, price: str | None, above: Decimal, up_to: Decimal | None) -> Tier:
    read_price = row.rate if price == "rate" else row.price
    has_fee = price is not None and row.has("flat_fee")
    unit_price = ZERO if price is None else read_price(price, ZERO if has_fee else None)
    fee = row.price("flat_fee", None if price is None else ZERO)
    row.finish()
    return Tier(above, up_to, unit_price, fee)
