"""Recurring revenue by month, computed from the log of its movements.

MRR counts agreed recurring prices normalised to a month, without tax, usage and one-time charges
(`dotmac_billing` normalises). A movement belongs to the month of its `occurred_on`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_core_ops.months import add_months

ZERO = Decimal(0)
KINDS = ("new", "expansion", "contraction", "churn", "reactivation")


@dataclass(frozen=True)
class MovementSum:
    """All movements of one kind in one month; `amount` is signed, `customers` counts customers."""

    month: date
    kind: str
    amount: Decimal
    customers: int


@dataclass(frozen=True)
class MonthOfRevenue:
    """One month: opening + new + expansion + contraction + churn + reactivation = closing.

    Contraction and churn are negative. Rates are shares of the opening, None where it is zero.
    """

    month: date
    opening: Decimal
    new: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal
    reactivation: Decimal
    closing: Decimal
    opening_customers: int
    customers_won: int
    customers_lost: int
    closing_customers: int

    @property
    def revenue_churn_rate(self) -> Decimal | None:
        """MRR lost to churn and contraction, as a share of the opening MRR."""
        return None if self.opening == 0 else -(self.churn + self.contraction) / self.opening

    @property
    def customer_churn_rate(self) -> Decimal | None:
        """Customers lost, as a share of those at the opening."""
        if self.opening_customers == 0:
            return None
        return Decimal(self.customers_lost) / self.opening_customers

    @property
    def average_revenue(self) -> Decimal | None:
        """Closing MRR for each closing customer (ARPU), not rounded."""
        return None if self.closing_customers == 0 else self.closing / self.closing_customers


def months_of_revenue(
    movements: Iterable[MovementSum],
    *,
    first: date,
    last: date,
    opening: Decimal,
    opening_customers: int,
) -> list[MonthOfRevenue]:
    """One row for each month from `first` to `last`, both included and given by their first day.

    `opening` and `opening_customers` hold at the beginning of `first`.
    """
    sums: dict[tuple[date, str], MovementSum] = {(row.month, row.kind): row for row in movements}
    months = []
    month = first
    while month <= last:
        amounts = {kind: _amount(sums.get((month, kind))) for kind in KINDS}
        won = _customers(sums, month, "new") + _customers(sums, month, "reactivation")
        lost = _customers(sums, month, "churn")
        row = MonthOfRevenue(
            month=month,
            opening=opening,
            closing=opening + sum(amounts.values(), ZERO),
            opening_customers=opening_customers,
            customers_won=won,
            customers_lost=lost,
            closing_customers=opening_customers + won - lost,
            **amounts,
        )
        months.append(row)
        opening, opening_customers = row.closing, row.closing_customers
        month = add_months(month, 1)
    return months


def _amount(row: MovementSum | None) -> Decimal:
    return ZERO if row is None else row.amount


def _customers(sums: dict[tuple[date, str], MovementSum], month: date, kind: str) -> int:
    row = sums.get((month, kind))
    return 0 if row is None else row.customers
