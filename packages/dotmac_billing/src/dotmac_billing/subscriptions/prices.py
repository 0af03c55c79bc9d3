"""What an item costs for a whole period, as it stands in the catalogue or was agreed."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.catalog.plan import PublishedComponent
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import compile_price
from dotmac_billing.subscriptions.errors import InvalidSubscriptionError

_SIMPLE = {ChargeModel.FLAT: "price", ChargeModel.PER_UNIT: "unit_price"}
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
    name = _SIMPLE.get(component.model)
    return _NOTHING if name is None else Decimal(str(parameters[name]))


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
    if agreed_price is not None:
        amount = quantity * agreed_price
    elif component.model in _SIMPLE:
        amount = quantity * list_price(component, currency)
    else:
        list_price(component, currency)
        price = compile_price(component.model, component.prices[currency], currency=currency)
        amount = price.charge(Measured(quantity)).amount
    return amount if percent_off is None else amount * (1 - percent_off)
