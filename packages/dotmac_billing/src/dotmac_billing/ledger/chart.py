"""The accounts that billing posts to, and on which side each usually stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class AccountKind(Enum):
    """Where an account belongs in the balance sheet or the income statement."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart."""

    code: str
    name: str
    kind: AccountKind


RECEIVABLE = "receivable"
CASH = "cash"
REVENUE = "revenue"
TAX_PAYABLE = "tax_payable"
CUSTOMER_CREDIT = "customer_credit"
DISCOUNTS = "discounts"
BREAKAGE = "breakage"
REFUNDS = "refunds"
BAD_DEBT = "bad_debt"
WITHHOLDING_RECEIVABLE = "withholding_receivable"
DEFERRED_REVENUE = "deferred_revenue"
UNBILLED_RECEIVABLE = "unbilled_receivable"
CHARGEBACKS = "chargebacks"
ROUNDING = "rounding"

CHART: tuple[Account, ...] = (
    Account(RECEIVABLE, "Accounts receivable", AccountKind.ASSET),
    Account(CASH, "Cash and clearing", AccountKind.ASSET),
    Account(REVENUE, "Revenue", AccountKind.INCOME),
    Account(TAX_PAYABLE, "Tax payable", AccountKind.LIABILITY),
    Account(CUSTOMER_CREDIT, "Prepaid credit of customers", AccountKind.LIABILITY),
    Account(DISCOUNTS, "Discounts", AccountKind.INCOME),
    Account(BREAKAGE, "Prepaid credit that expired", AccountKind.INCOME),
    Account(REFUNDS, "Refunds to be paid", AccountKind.LIABILITY),
    Account(BAD_DEBT, "Bad debt", AccountKind.EXPENSE),
    Account(WITHHOLDING_RECEIVABLE, "Tax that customers withheld", AccountKind.ASSET),
    Account(DEFERRED_REVENUE, "Deferred revenue", AccountKind.LIABILITY),
    Account(UNBILLED_RECEIVABLE, "Earned and not billed yet", AccountKind.ASSET),
    Account(CHARGEBACKS, "Payments that were taken back", AccountKind.EXPENSE),
    Account(ROUNDING, "Rounding differences", AccountKind.EXPENSE),
)
"""What every tenant has. Money that a customer paid ahead is a negative receivable, unless it was
put into a wallet: then it is prepaid credit. Discounts reduce revenue: debits of an income account.
What is billed for days to come is deferred revenue where the tenant recognises over time. Three are
for entries made by hand or by a payment provider: unbilled receivable, chargebacks, rounding.
"""
