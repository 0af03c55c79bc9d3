"""How much usage a price includes, for thresholds in per cent of it (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from dotmac_billing.charges.names import ChargeModel


def included_quantity(model: ChargeModel, parameters: Mapping[str, object]) -> Decimal | None:
    """What is included before usage is charged by the unit; None when the price includes none.

    `included` of a prepaid price, `free_units` of packages and percentages, and the first tier of
    a graduated price whose units are free.
    """
    if model is ChargeModel.PREPAID:
        return _number(parameters.get("included"))
    if model is ChargeModel.GRADUATED:
        tiers = parameters.get("tiers")
        first = tiers[0] if isinstance(tiers, list) and tiers else {}
        is_free = _number(first.get("unit_price", "0")) == 0 if isinstance(first, dict) else False
        return _number(first.get("up_to")) if is_free else None
    return _number(parameters.get("free_units"))


def _number(value: object) -> Decimal | None:
    if not isinstance(value, str | int | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number >= 0 else None
