"""What is known of the usage that a price is applied to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from dotmac_billing.charges.errors import NegativeUsageError

_ZERO = Decimal(0)
_NO_WINDOWS: Mapping[str, Decimal] = MappingProxyType({})


class Need(Enum):
    """What a price must know of the usage. Every price takes the `TOTAL`, which is always there."""

    TOTAL = "total"
    AMOUNT = "amount"
    VALUES = "values"
    WINDOWS = "windows"


class Measured(NamedTuple):
    """The usage of one period, or the quantity of a subscribed item. Nothing in it is negative.

    Only what the price `needs` has to be filled in, beside `quantity`.
    """

    quantity: Decimal
    """What the meter adds up to; for a percentage the value of all transactions."""
    amount: Decimal = _ZERO
    """The sum of the prices that came with the events."""
    values: tuple[Decimal, ...] = ()
    """The value of each transaction, in order of time."""
    by_window: Mapping[str, Decimal] = _NO_WINDOWS
    """The quantity by name of the window in which it was used."""


def not_negative(quantity: Decimal) -> Decimal:
    """The quantity itself.

    Raises:
        NegativeUsageError: it is below zero.
    """
    if quantity < _ZERO:
        raise NegativeUsageError(quantity)
    return quantity
