"""Prices of things that are counted: flat, per unit, by the package, and as the events say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dotmac_billing.charges.exact import EXACT, ONE, ZERO, plain
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need, not_negative
from dotmac_billing.charges.parameters import PriceParameters

_TOTAL = frozenset({Need.TOTAL})


@dataclass(frozen=True, slots=True)
class Flat:
    """The price once, whatever the quantity."""

    charged: Charged
    minimum: Decimal | None = None
    needs: frozenset[Need] = _TOTAL

    def charge(self, measured: Measured) -> Charged:
        """The price."""
        not_negative(measured.quantity)
        return self.charged


@dataclass(frozen=True, slots=True)
class PerUnit:
    """The price for each unit and each part of one."""

    unit_price: Decimal
    minimum: Decimal | None = None
    needs: frozenset[Need] = _TOTAL

    def charge(self, measured: Measured) -> Charged:
        """Quantity times price."""
        quantity = not_negative(measured.quantity)
        amount = EXACT.multiply(quantity, self.unit_price)
        return Charged(amount, (Step("unit", quantity, self.unit_price, amount),))


@dataclass(frozen=True, slots=True)
class Package:
    """A price for each `size` units above the free ones.

    A package that is begun is charged in full, or, with `rounds_up` off, only when it is full.
    """

    size: Decimal
    price: Decimal
    free_units: Decimal = ZERO
    rounds_up: bool = True
    minimum: Decimal | None = None
    needs: frozenset[Need] = _TOTAL

    def charge(self, measured: Measured) -> Charged:
        """The number of packages times their price."""
        quantity = not_negative(measured.quantity)
        free = min(quantity, self.free_units)
        packages, rest = EXACT.divmod(EXACT.subtract(quantity, free), self.size)
        if rest and self.rounds_up:
            packages = EXACT.add(packages, ONE)
        steps = [Step("free", free, ZERO, ZERO)] if free else []
        amount = EXACT.multiply(packages, self.price)
        steps.append(Step("package", packages, self.price, amount, label=plain(self.size)))
        return Charged(amount, tuple(steps))


@dataclass(frozen=True, slots=True)
class Dynamic:
    """The sum of the prices that came with the events, times a multiplier."""

    multiplier: Decimal = ONE
    minimum: Decimal | None = None
    needs: frozenset[Need] = frozenset({Need.AMOUNT})

    def charge(self, measured: Measured) -> Charged:
        """The events' own prices, multiplied."""
        quantity = not_negative(measured.quantity)
        own = not_negative(measured.amount)
        label = None if self.multiplier == 1 else f"x {plain(self.multiplier)}"
        amount = EXACT.multiply(own, self.multiplier)
        return Charged.of([Step("event_prices", quantity, None, amount, label=label)])


def read_flat(given: PriceParameters) -> Flat:
    """`{"price"}`."""
    price = given.price("price")
    return Flat(Charged.of([Step("flat", ONE, price, price)]))


def read_per_unit(given: PriceParameters) -> PerUnit:
    """`{"unit_price"}`."""
    return PerUnit(given.price("unit_price"))


def read_package(given: PriceParameters) -> Package:
    """`{"size", "price", "free_units": "0", "rounding": "up"}`; rounding is `up` or `down`."""
    return Package(
        given.size("size"),
        given.price("price"),
        given.quantity("free_units", ZERO),
        given.choice("rounding", ("up", "down"), "up") == "up",
    )


def read_dynamic(given: PriceParameters) -> Dynamic:
    """`{"multiplier": "1"}`."""
    return Dynamic(given.price("multiplier", ONE))
