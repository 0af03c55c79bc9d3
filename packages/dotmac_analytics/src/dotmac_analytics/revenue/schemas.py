"""HTTP shapes of the revenue figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from dotmac_analytics.revenue.recurring import MonthOfRevenue
from dotmac_core_ops.http import JsonMoney, ResponseModel
from dotmac_core_ops.money import round_money

_RATE = Decimal("0.0001")


class RevenueMonth(ResponseModel):
    """opening + new + expansion + contraction + churn + reactivation = closing."""

    month: date = Field(description="The first day of the month.", examples=["2026-10-01"])
    opening: JsonMoney
    new: JsonMoney
    expansion: JsonMoney
    contraction: JsonMoney
    churn: JsonMoney
    reactivation: JsonMoney
    closing: JsonMoney
    customers: int = Field(description="Paying customers at the end of the month.")
    average_revenue: JsonMoney | None = Field(description="Closing MRR for each customer (ARPU).")


class RevenueReport(ResponseModel):
    """Monthly recurring revenue and its movements."""

    currency: str
    mrr: JsonMoney = Field(description="At the end of the last month.")
    arr: JsonMoney = Field(description="Twelve times that.")
    months: list[RevenueMonth]


class ChurnMonth(ResponseModel):
    """What was lost in a month. Rates are shares of the opening, null where it is zero."""

    month: date
    customers_at_start: int
    customers_lost: int
    customer_churn_rate: JsonMoney | None
    revenue_lost: JsonMoney = Field(description="Churn and contraction, as a positive amount.")
    revenue_churn_rate: JsonMoney | None


class ChurnReport(ResponseModel):
    """Customers and revenue lost, by month."""

    currency: str
    months: list[ChurnMonth]


def revenue_report(currency: str, months: list[MonthOfRevenue]) -> RevenueReport:
    """Money in whole minor units, which for sums of rounded movements changes nothing."""

    def money(amount: Decimal) -> Decimal:
        return round_money(amount, currency)

    closing = money(months[-1].closing)
    return RevenueReport(
        currency=currency,
        mrr=closing,
        arr=closing * 12,
        months=[
            RevenueMonth(
                month=row.month,
                opening=money(row.opening),
                new=money(row.new),
                expansion=money(row.expansion),
                contraction=money(row.contraction),
                churn=money(row.churn),
                reactivation=money(row.reactivation),
                closing=money(row.closing),
                customers=row.closing_customers,
                average_revenue=None if row.average_revenue is None else money(row.average_revenue),
            )
            for row in months
        ],
    )


def churn_report(currency: str, months: list[MonthOfRevenue]) -> ChurnReport:
    """Rates with four decimals."""

    def rate(value: Decimal | None) -> Decimal | None:
        return None if value is None else value.quantize(_RATE)

    return ChurnReport(
        currency=currency,
        months=[
            ChurnMonth(
                month=row.month,
                customers_at_start=row.opening_customers,
                customers_lost=row.customers_lost,
                customer_churn_rate=rate(row.customer_churn_rate),
                revenue_lost=round_money(-(row.churn + row.contraction), currency),
                revenue_churn_rate=rate(row.revenue_churn_rate),
            )
            for row in months
        ],
    )
