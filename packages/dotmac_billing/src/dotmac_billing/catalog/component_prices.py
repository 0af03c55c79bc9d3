"""A component's price in each of its currencies, as the charge models take it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from dotmac_billing.catalog.errors import InvalidPlanError
from dotmac_billing.catalog.plan import NewComponent, Prices
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind
from dotmac_billing.charges.errors import InvalidPriceError
from dotmac_billing.charges.measured import Need
from dotmac_billing.charges.price import compile_price
from dotmac_core_ops.errors import InvalidError
from dotmac_core_ops.money import InvalidCurrencyError

PRICE_OF = {ChargeModel.FLAT: "price", ChargeModel.PER_UNIT: "unit_price"}
"""The parameter that is the price itself, of the models that have one."""


def prices_of(component: NewComponent, currency: str) -> dict[str, dict[str, object]]:
    """The parameters by currency, numbers as text; `unit_price` filled in where it belongs.

    A unit price of 0 beside prices in other currencies alone is taken as forgotten, not as free.
    """
    prices = {code: texts(parameters) for code, parameters in component.prices.items()}
    name = PRICE_OF.get(component.model)
    is_meant = bool(component.unit_price) or not component.prices
    if name is not None and name not in prices.get(currency, {}) and is_meant:
        prices[currency] = {name: f"{component.unit_price:f}", **prices.get(currency, {})}
    return prices


def unit_price_of(component: NewComponent, currency: str) -> Decimal:
    """The price of `FLAT` and `PER_UNIT` in `currency`; 0 for the other models."""
    name = PRICE_OF.get(component.model)
    if name is None:
        return Decimal(0)
    return Decimal(str(prices_of(component, currency).get(currency, {}).get(name, 0)))


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


def price_faults(component: NewComponent, currency: str) -> Iterator[InvalidError]:
    """Why its price cannot be charged, if it cannot; `currency` is the plan's.

    No price in the plan's currency or two that differ, parameters that its charge model does not
    take (the message has their path), a model that must know more than how many there are for what
    is not usage, and what is not an ISO 4217 currency.
    """
    prices = prices_of(component, currency)
    if currency not in prices:
        yield InvalidPlanError(f"It has no price in {currency}.", component.code)
    for code, parameters in prices.items():
        try:
            price = compile_price(component.model, parameters, currency=code)
        except InvalidPriceError as error:
            yield InvalidPlanError(f"Its price in {code}: {error}", component.code)
            continue
        except InvalidCurrencyError as error:
            yield error
            continue
        if component.kind is not ComponentKind.USAGE and price.needs - {Need.TOTAL}:
            yield InvalidPlanError("This charge model is for usage only.", component.code)
    if not component.unit_price:
        return
    name = PRICE_OF.get(component.model)
    if name is None:
        yield InvalidPlanError("Only flat and per unit have a unit price.", component.code)
    elif _differ(prices[currency].get(name), component.unit_price):
        yield InvalidPlanError(f"It has two prices in {currency}.", component.code)


def _differ(written: object, price: Decimal) -> bool:
    try:
        return Decimal(str(written)) != price
    except InvalidOperation:
        return False  # no number at all, which is the fault to tell
