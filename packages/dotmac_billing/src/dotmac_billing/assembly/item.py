"""An item of a subscription with its price, ready to be charged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.errors import PriceCurrencyMissingError
from dotmac_billing.catalog.plan import PublishedComponent
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.charges.price import Price, compile_price, windows_of
from dotmac_billing.charges.windows import Windows
from dotmac_billing.subscriptions.prices import UNIT_PRICE, compiled

_LIMITS = {"minimum", "maximum"}


class Priced(NamedTuple):
    """A component's price in one currency. `unit_price` is set when it is a mere multiplication."""

    component: PublishedComponent
    plan_id: UUID
    model: ChargeModel
    unit_price: Decimal | None
    price: Price
    is_metered: bool
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    time_of_use: Windows | None


class BilledItem(NamedTuple):
    """An item with its price. `agreed_price` None means the list price.

    `percent_off` is what a phase takes off, as a fraction. The rest is what `moments` asks for.
    """

    item_id: UUID
    priced: Priced
    description: str
    quantity: Decimal
    agreed_price: Decimal | None
    percent_off: Decimal | None
    cycle: BillingCycle
    timing: BillingTiming
    is_one_time: bool
    anchor_on: date | None
    starts_on: date | None
    ends_on: date | None


def priced(component: PublishedComponent, plan_id: UUID, currency: str) -> Priced:
    """The component's price in `currency`, compiled.

    Raises:
        PriceCurrencyMissingError: it has none in that currency.
        InvalidPriceError: its parameters make no price.
    """
    parameters: Mapping[str, object] | None = component.prices.get(currency)
    if parameters is None:
        raise PriceCurrencyMissingError(component.code, currency)
    price = compile_price(component.model, parameters, currency=currency)
    name = UNIT_PRICE.get(component.model)
    unit = None if name is None or _LIMITS & parameters.keys() else parameters[name]
    return Priced(
        component,
        plan_id,
        component.model,
        None if unit is None else Decimal(str(unit)),
        price,
        component.kind is ComponentKind.USAGE,
        tuple(sorted((name, tuple(values)) for name, values in component.filters.items())),
        windows_of(price),
    )


def rule_of(item: BilledItem, currency: str) -> Price:
    """The item's price as a rule: with the agreed price in the place of the listed one.

    Minimum and maximum stay as they are listed.
    """
    if item.agreed_price is None:
        return item.priced.price
    return compiled(item.priced.component, currency, item.agreed_price)
