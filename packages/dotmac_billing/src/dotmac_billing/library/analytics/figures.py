"""Ratios of figures, and what they are called."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

_PLACES = Decimal("0.0001")
_NOTHING = Decimal(0)


class RevenueMetrics(TypedDict):
    """Revenue of a span of days, in the tenant's currency.

    `total_revenue` is what was invoiced, net of tax; `growth_rate` compares it with the span of the
    same length before. `mrr` is as of the last day, `arr` twelve of it, `arpu` the share of it per
    paying customer. `by_currency` is the revenue in each currency.
    """

    currency: str
    total_revenue: Decimal
    mrr: Decimal
    arr: Decimal
    arpu: Decimal
    growth_rate: Decimal | None
    by_currency: dict[str, Decimal]


class CustomerMetrics(TypedDict):
    """Customers today; new and churned ones are of the last thirty days.

    `lifetime_value` is the average revenue of a customer in a month by the months that customers
    stay at the present churn; None when nobody left.
    """

    total_customers: int
    active_customers: int
    paying_customers: int
    new_customers: int
    churned_customers: int
    churn_rate: Decimal | None
    lifetime_value: Decimal | None


class SubscriptionMetrics(TypedDict):
    """Subscriptions today; new and cancelled ones are of the last thirty days."""

    total_subscriptions: int
    active_subscriptions: int
    new_subscriptions: int
    cancelled_subscriptions: int
    churn_rate: Decimal | None
    average_value: Decimal
    by_status: dict[str, int]


class ChurnAnalysis(TypedDict):
    """What was lost in a span of days, in the tenant's currency; rates are of what was there."""

    currency: str
    mrr_at_start: Decimal
    churned_mrr: Decimal
    contraction_mrr: Decimal
    revenue_churn_rate: Decimal | None
    customers_at_start: int
    churned_customers: int
    customer_churn_rate: Decimal | None


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part` of `whole` as a fraction, to four places, half up; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) / whole).quantize(_PLACES, ROUND_HALF_UP)


def share(whole: Decimal, among: int) -> Decimal:
    """`whole` divided among so many, to four places; nothing among nobody."""
    return ratio(whole, among) or _NOTHING
