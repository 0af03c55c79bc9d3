"""What an item costs for a whole period, as it stands in the catalogue or was agreed."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.catalog.plan import PublishedComponent
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import Price, compile_price
from dotmac_billing.subscriptions.errors import InvalidSubscriptionError

UNIT_PRICE = {ChargeModel.FLAT: "price", ChargeModel.PER_UNIT: "unit_price"}
"""The models that have a price of a unit, which another can be agreed for, and what it is called.
"""
_LIMITS = {"minimum", "maximum"}
_NOTHING = Decimal(0)


def list_price(component: PublishedComponent, currency: str) -> Decimal:
    """The price of a unit and period in that currency; 0 for models without one.

    Raises:
        InvalidSubscriptionError: the component has no price in that currency.
    """
    parameters = component.prices.get(currency)
    if parameters is None:
        raise InvalidSubscriptionError(
            f"{component.code!r} has no price in {currency}.",
            component=component.code,
            currency=currency,
        )
    name = UNIT_PRICE.get(component.model)
    return _NOTHING if name is None else Decimal(str(parameters[name]))


def compiled(component: PublishedComponent, currency: str, agreed_price: Decimal | None) -> Price:
    """The component's price in a currency it has one in, with the agreed price in its place.

    Minimum and maximum are those of the list. A model without a price of a unit has none agreed.
    """
    parameters = component.prices[currency]
    name = UNIT_PRICE.get(component.model)
    if agreed_price is not None and name is not None:
        parameters = {**parameters, name: str(agreed_price)}
    return compile_price(component.model, parameters, currency=currency)


def period_amount(
    component: PublishedComponent,
    quantity: Decimal,
    currency: str,
    *,
    agreed_price: Decimal | None = None,
    percent_off: Decimal | None = None,
) -> Decimal:
    """What `quantity` of it costs for a whole period before discounts and tax: exact, unrounded.

    Nothing for usage, of which only the meter knows how much there will be.

    Raises:
        InvalidSubscriptionError: the component has no price in that currency.
    """
    if component.kind is ComponentKind.USAGE:
        return _NOTHING
    has_limits = bool(_LIMITS & component.prices.get(currency, {}).keys())
    if component.model in UNIT_PRICE and not has_limits:
        each = list_price(component, currency) if agreed_price is None else agreed_price
        amount = quantity * each
    else:
        list_price(component, currency)
        price = compiled(component, currency, agreed_price)
        amount = price.charge(Measured(quantity)).amount
    return amount if percent_off is None else amount * (1 - percent_off)
