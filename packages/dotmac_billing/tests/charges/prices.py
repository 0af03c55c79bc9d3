"""Prices for the tests, short to write: `price("per_unit", unit_price="0.5")`."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.charges.price import Price, compile_price

Tier = tuple[str | None, str, str]


def price(model: str, **parameters: object) -> Price:
    return compile_price(ChargeModel(model), parameters, currency="EUR")


def tiers(*rows: Tier, unit: str = "unit_price") -> list[dict[str, object]]:
    """Rows of upper bound, price per unit and flat fee."""
    return [{"up_to": bound, unit: each, "flat_fee": fee} for bound, each, fee in rows]


def costs(price: Price, quantity: str | Decimal) -> Decimal:
    return price.charge(Measured(Decimal(quantity))).amount
