"""What is left of a period's usage when a part of it was billed while the period was running.

A line is what the period comes to so far, minus what was billed of it; so is the last one. However
often it is billed in between, the lines of a period add up to what one line would have been.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from dotmac_billing.assembly.billed import Billed
from dotmac_billing.assembly.line import Charge

_NOTHING = Decimal(0)
_PRICE_DIGITS = Decimal("1E-12")


def remainder(
    charges: Sequence[Charge], off: Sequence[Decimal] | None
) -> tuple[list[Charge], list[Decimal]]:
    """The charges without what was billed of them before, and what is still to be taken off."""
    left: list[Charge] = []
    less: list[Decimal] = []
    for position, charge in enumerate(charges):
        taken = _NOTHING if off is None else off[position]
        before = charge.before
        left.append(charge if before is None else _rest(charge, before))
        less.append(taken if before is None else taken - before.discount)
    return left, less


def _rest(charge: Charge, before: Billed) -> Charge:
    amount, quantity = charge.amount - before.amount, charge.quantity - before.quantity
    price = amount / quantity if quantity else _NOTHING
    return charge._replace(
        amount=amount,
        quantity=quantity,
        unit_price=price.quantize(_PRICE_DIGITS, ROUND_HALF_UP),
        description=f"{charge.description}: {charge.quantity.normalize():f} in all",
    )
