"""What others get to see of monthly recurring revenue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_billing.mrr.movements import MovementKind


@dataclass(frozen=True)
class RevenueStanding:
    """Monthly recurring revenue at the end of a day, and how many customers it comes from."""

    currency: str
    amount: Decimal
    customers: int


@dataclass(frozen=True)
class RevenueMovement:
    """The sum of one kind of change within a span of days, signed, and the customers it is from."""

    currency: str
    kind: MovementKind
    amount: Decimal
    customers: int


@dataclass(frozen=True)
class MonthlyMovement:
    """The sum of one kind of change within a calendar month, named by its first day, signed."""

    month: date
    currency: str
    kind: MovementKind
    amount: Decimal
    customers: int
