"""From a model and its parameters to a price that can be applied to usage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from dotmac_billing.charges.custom import Custom, read_custom
from dotmac_billing.charges.exact import EXACT, QUOTIENT, ZERO
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.charges.parameters import PriceParameters
from dotmac_billing.charges.percentages import (
    Percentage,
    PercentageOfTotal,
    read_graduated_percentage,
    read_percentage,
)
from dotmac_billing.charges.prepaid import Overage, Prepaid
from dotmac_billing.charges.tiers import (
    read_graduated,
    read_stairstep,
    read_volume,
)
from dotmac_billing.charges.time_of_use import TimeOfUse, read_time_of_use
from dotmac_billing.charges.units import (
    Dynamic,
    read_dynamic,
    read_flat,
    read_package,
    read_per_unit,
)
from dotmac_billing.charges.windows import Windows
from dotmac_core_ops.money import currency_exponent


class Price(Protocol):
    """A model with its parameters: immutable, to be called as often as there is usage.

    `minimum` is what a whole period costs at least: a commitment, charged as a line of its own by
    `true_up`. A spend cap (`maximum`) is part of what `charge` answers.
    """

    @property
    def needs(self) -> frozenset[Need]:
        """What it must know of the usage."""
        ...

    @property
    def minimum(self) -> Decimal | None:
        """The commitment for a whole period, in the price's currency; None when there is none."""
        ...

    def charge(self, measured: Measured) -> Charged:
        """What the usage of a whole period costs: exact, unrounded, with its steps.

        Raises:
            NegativeUsageError: less than nothing was used.
            UsageNotMeasuredError: the usage lacks what the price `needs`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Capped:
    """A price that never asks for more than `maximum`."""

    price: Price
    maximum: Decimal

    @property
    def needs(self) -> frozenset[Need]:
        """What the price below it needs."""
        return self.price.needs

    @property
    def minimum(self) -> Decimal | None:
        """The minimum of the price below it."""
        return self.price.minimum

    def charge(self, measured: Measured) -> Charged:
        """The charge; what lies above the cap is taken off by a last step of kind `cap`."""
        charged = self.price.charge(measured)
        if charged.amount <= self.maximum:
            return charged
        cut = Step("cap", ZERO, None, EXACT.subtract(self.maximum, charged.amount))
        return Charged(self.maximum, (*charged.steps, cut))


_Builtin = Overage | Dynamic | PercentageOfTotal | Percentage | Prepaid | TimeOfUse

_OVERAGE: Mapping[ChargeModel, Callable[[PriceParameters], Overage]] = {
    ChargeModel.FLAT: read_flat,
    ChargeModel.PER_UNIT: read_per_unit,
    ChargeModel.PACKAGE: read_package,
    ChargeModel.GRADUATED: read_graduated,
    ChargeModel.VOLUME: read_volume,
    ChargeModel.STAIRSTEP: read_stairstep,
}


def _read_prepaid(given: PriceParameters) -> Prepaid:
    """`{"included", "price", "overage": {"model", …}}`; overage is a model of plain quantities."""
    included, price = given.quantity("included"), given.price("price")
    above = given.nested("overage")
    model = ChargeModel(above.choice("model", [model.value for model in _OVERAGE]))
    overage = _OVERAGE[model](above)
    above.finish()
    return Prepaid(included, price, overage)


_READ: Mapping[ChargeModel, Callable[[PriceParameters], _Builtin]] = {
    **_OVERAGE,
    ChargeModel.PERCENTAGE: read_percentage,
    ChargeModel.GRADUATED_PERCENTAGE: read_graduated_percentage,
    ChargeModel.DYNAMIC: read_dynamic,
    ChargeModel.PREPAID: _read_prepaid,
    ChargeModel.TIME_OF_USE: read_time_of_use,
}


def compile_price(model: ChargeModel, parameters: Mapping[str, object], *, currency: str) -> Price:
    """The price of that model with these parameters, amounts in `currency`.

    `compile_price(ChargeModel.PER_UNIT, {"unit_price": "0.5"}, currency="EUR").charge(
    Measured(Decimal(3))).amount` is `Decimal("1.5")`.

    Every model also takes `minimum` (a commitment for a whole period) and `maximum` (a spend cap).

    Raises:
        InvalidPriceError: a parameter is missing, wrong or unknown; `field` is its path.
        InvalidCurrencyError: `currency` is not an ISO 4217 code.
    """
    currency_exponent(currency)
    given = PriceParameters(parameters)
    minimum, maximum = given.optional_price("minimum"), given.optional_price("maximum")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise given.refuse("maximum", "is below the minimum.")
    price: _Builtin | Custom
    price = read_custom(given, currency) if model is ChargeModel.CUSTOM else _READ[model](given)
    given.finish()
    if minimum is not None:
        price = replace(price, minimum=minimum)
    return price if maximum is None else Capped(price, maximum)


def windows_of(price: Price) -> Windows | None:
    """The windows by which usage is to be split for the price; None when it needs no splitting."""
    inner = price.price if isinstance(price, Capped) else price
    return inner.windows if isinstance(inner, TimeOfUse | Custom) else None


def true_up(amount: Decimal, minimum: Decimal, part_days: int, whole_days: int) -> Decimal:
    """What `amount` lacks to the minimum for `part_days` of `whole_days`; never below 0.

    Unrounded: minimum * part_days / whole_days - amount. So
    `true_up(Decimal(40), Decimal(100), 15, 30)` is 10.

    Raises:
        ValueError: the part is longer than the whole, or either is not at least 0 and 1.
    """
    if not 0 <= part_days <= whole_days or whole_days < 1:
        raise ValueError(f"{part_days} days are no part of {whole_days}.")
    due = QUOTIENT.divide(EXACT.multiply(minimum, Decimal(part_days)), Decimal(whole_days))
    return max(ZERO, QUOTIENT.subtract(due, amount))
