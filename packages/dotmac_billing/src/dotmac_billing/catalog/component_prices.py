"""A component's price in each of its currencies, as the charge models take it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from dotmac_billing.catalog.errors import InvalidPlanError
from dotmac_billing.catalog.plan import HIGHEST_PRICE, NewComponent, Prices
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_core_ops.money import currency_exponent

PRICE_DIGITS = 12  # what UnitPrice keeps after the point
PRICE_OF = {ChargeModel.FLAT: "price", ChargeModel.PER_UNIT: "unit_price"}
"""The parameter that is the price itself, of the models that have one."""


def prices_of(component: NewComponent, currency: str) -> dict[str, dict[str, object]]:
    """The parameters by currency, numbers as text; `unit_price` filled in where it belongs."""
    prices = {code: texts(parameters) for code, parameters in component.prices.items()}
    name = PRICE_OF.get(component.model)
    if name is not None and name not in prices.get(currency, {}):
        prices[currency] = {name: f"{component.unit_price:f}", **prices.get(currency, {})}
    return prices


def unit_price_of(component: NewComponent, currency: str) -> Decimal:
    """The price of `FLAT` and `PER_UNIT` in `currency`; 0 for the other models."""
    name = PRICE_OF.get(component.model)
    if name is None:
        return Decimal(0)
    return Decimal(str(prices_of(component, currency)[currency][name]))


def stored_prices(
    model: ChargeModel, prices: Prices | None, unit_price: Decimal, currency: str
) -> Prices:
    """`prices` as they were stored, or what a component without any has: its unit price."""
    if prices:
        return prices
    name = PRICE_OF.get(model)
    return {} if name is None else {currency: {name: f"{unit_price.normalize():f}"}}


def texts(parameters: Mapping[str, object]) -> dict[str, object]:
    """`parameters` with every number in them as text, exactly as it was written."""
    return {key: _text(value) for key, value in parameters.items()}


def _text(value: object) -> object:
    if isinstance(value, Mapping):
        return texts(value)
    if isinstance(value, list | tuple):
        return [_text(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def require_price(component: NewComponent, currency: str) -> None:
    """Refuse a price that cannot be charged.

    Raises:
        InvalidPlanError: below zero, too high, with more than 12 decimals, not in the plan's
            currency, or in two ways that differ.
        InvalidCurrencyError: a price in what is not an ISO 4217 currency.
    """
    if not component.unit_price.is_finite():
        raise InvalidPlanError("A price is a number.", component.code)
    prices = prices_of(component, currency)
    for code in prices:
        currency_exponent(code)
    if currency not in prices:
        raise InvalidPlanError(f"It has no price in {currency}.", component.code)
    name = PRICE_OF.get(component.model)
    if name is None:
        if component.unit_price:
            raise InvalidPlanError("Only flat and per unit have a unit price.", component.code)
        return
    for parameters in prices.values():
        _require_amount(parameters.get(name), component.code)
    if component.unit_price not in {Decimal(0), unit_price_of(component, currency)}:
        raise InvalidPlanError(f"It has two prices in {currency}.", component.code)


def _require_amount(text: object, code: str) -> None:
    try:
        price = Decimal(str(text))
    except InvalidOperation:
        raise InvalidPlanError("A price is a number.", code) from None
    if not price.is_finite() or not 0 <= price <= HIGHEST_PRICE:
        raise InvalidPlanError(f"A price is between 0 and {HIGHEST_PRICE:,}.", code)
    if price != round(price, PRICE_DIGITS):
        raise InvalidPlanError(f"A price has at most {PRICE_DIGITS} decimals.", code)
