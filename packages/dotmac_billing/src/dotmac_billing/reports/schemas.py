"""HTTP shapes of reports."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.http import JsonMoney, ResponseModel


class TrialLineOut(ResponseModel):
    """An account; opening and closing are debits less credits."""

    account: str
    name: str
    kind: str
    external_code: str | None
    opening: JsonMoney
    debit: JsonMoney
    credit: JsonMoney
    closing: JsonMoney


class TrialBalanceOut(ResponseModel):
    """All accounts in one currency. `balances` when opening and closing sum to zero."""

    currency: str
    from_on: date
    to_on: date
    lines: list[TrialLineOut]
    opening: JsonMoney
    debit: JsonMoney
    credit: JsonMoney
    closing: JsonMoney
    balances: bool


class BucketsOut(ResponseModel):
    """What is due, by the days since the last day to pay."""

    current: JsonMoney
    days_1_30: JsonMoney
    days_31_60: JsonMoney
    days_61_90: JsonMoney
    days_over_90: JsonMoney


class AgeingLineOut(ResponseModel):
    """A customer; `balance` is what is due less credit, `in_books` what the books say it is."""

    customer_id: UUID
    code: str
    name: str
    buckets: BucketsOut
    due: JsonMoney
    credit: JsonMoney
    balance: JsonMoney
    in_books: JsonMoney


class AgeingOut(ResponseModel):
    """All customers in one currency. `reconciles` when the books agree for each of them."""

    currency: str
    lines: list[AgeingLineOut]
    buckets: BucketsOut
    due: JsonMoney
    credit: JsonMoney
    balance: JsonMoney
    in_books: JsonMoney
    reconciles: bool


class DeferredMonthOut(ResponseModel):
    """`closing` is `opening` plus `billed` less the rest."""

    month: date
    opening: JsonMoney
    billed: JsonMoney
    recognised: JsonMoney
    credited: JsonMoney
    voided: JsonMoney
    closing: JsonMoney


class RevenueToComeOut(ResponseModel):
    """What is deferred now and earned in that month."""

    month: date
    amount: JsonMoney


class DeferredRevenueOut(ResponseModel):
    """Deferred revenue in one currency, as it was and as it will be earned."""

    currency: str
    months: list[DeferredMonthOut]
    to_come: list[RevenueToComeOut]
