"""Charge models that other distributions bring along.

A model is found by its name through what `find_rules_by` was given; the composition gives it the
reader of the installed distributions' entry points, which is asked at the first use of a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dotmac_billing.charges.errors import InvalidChargeError
from dotmac_billing.charges.exact import ZERO
from dotmac_billing.charges.explained import Charged
from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.parameters import PriceParameters
from dotmac_billing.charges.windows import Windows


class CustomPrice(Protocol):
    """What a custom model makes of its parameters: immutable, cheap to call, without a database.

    One that needs `Need.WINDOWS` has them as an attribute `windows`; see `compile_windows`.
    """

    @property
    def needs(self) -> frozenset[Need]:
        """What it must know of the usage."""
        ...

    def charge(self, measured: Measured) -> Charged:
        """The exact amount with the steps that add up to it."""
        ...


class ChargeRule(Protocol):
    """A custom charge model: what an entry point of `dotmac_billing.charge_models` names."""

    def compile(self, parameters: Mapping[str, object], currency: str) -> CustomPrice:
        """The price with these parameters, without `rule`, `minimum` and `maximum`.

        Raises:
            InvalidPriceError: a parameter is wrong; `PriceParameters` finds most mistakes.
        """
        ...


FindRule = Callable[[str], ChargeRule | None]
_finders: list[FindRule] = []


def find_rules_by(find: FindRule) -> None:
    """Ask `find` for custom charge models from now on, after those that were named before."""
    _finders.append(find)


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom model's price; what it answers is checked before it is charged."""

    rule: str
    price: CustomPrice
    needs: frozenset[Need]
    minimum: Decimal | None = None
    windows: Windows | None = None

    def charge(self, measured: Measured) -> Charged:
        """What the custom model answers.

        Raises:
            InvalidChargeError: not a finite amount, below zero, or one that its steps do not add
                up to.
        """
        charged = self.price.charge(measured)
        amount = charged.amount
        if not isinstance(amount, Decimal) or not amount.is_finite() or amount < ZERO:
            raise InvalidChargeError(self.rule, "did not answer with an amount of zero or more.")
        if Charged.of(charged.steps).amount != amount:
            raise InvalidChargeError(self.rule, "gave steps that do not add up to its amount.")
        return charged


def read_custom(given: PriceParameters, currency: str) -> Custom:
    """`{"rule": <name of an installed model>, …}`; the rest is for the model to read."""
    name = given.text("rule")
    rule = next((found for find in _finders if (found := find(name)) is not None), None)
    if rule is None:
        raise given.refuse("rule", f"names no installed charge model: {name!r}.")
    price = rule.compile(given.remaining(), currency)
    needs = frozenset(price.needs)
    windows = getattr(price, "windows", None) if Need.WINDOWS in needs else None
    if Need.WINDOWS in needs and not isinstance(windows, Windows):
        raise given.refuse("rule", f"names a model that needs windows and has none: {name!r}.")
    return Custom(name, price, needs, windows=windows)
