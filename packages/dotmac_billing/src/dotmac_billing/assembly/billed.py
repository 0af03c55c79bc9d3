"""What of a period has been billed before, as an amount that comes to more later on goes by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class Billed(NamedTuple):
    """What of a period was billed: amount before discount, the discount, and the quantity.

    `period_end` is the first day after the period as it was billed.
    """

    amount: Decimal
    discount: Decimal
    quantity: Decimal
    period_end: date


UsageKey = tuple[UUID, UUID, date]
"""Subscription, item and first day of what a meter has counted."""

BilledPeriods = Mapping[UUID, Mapping[date, Billed]]
"""What items were billed, by the first day of the period."""
