"""When an invoice is due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

_SATURDAY = 5


class DueRule(Enum):
    """What the number of days of the payment terms means.

    `NET`: so many days after the day of issue. `END_OF_MONTH`: so many days after the last day of
    the month of issue ("30 days end of month"). `MONTH_AFTER_NET`: the last day of the month in
    which the day so many days after issue lies. `DAY_OF_NEXT_MONTH`: that day of the month after
    the one of issue, or its last day when it is shorter. `ON_RECEIPT`: the day of issue itself.
    """

    NET = "net"
    END_OF_MONTH = "end_of_month"
    MONTH_AFTER_NET = "month_after_net"
    DAY_OF_NEXT_MONTH = "day_of_next_month"
    ON_RECEIPT = "on_receipt"


class DueTerms(NamedTuple):
    """A rule with its days. `to_business_day`: a Saturday or Sunday becomes the Monday after."""

    rule: DueRule
    days: int
    to_business_day: bool = False

    def of(self, rule: DueRule | None, days: int | None) -> DueTerms:
        """These terms with a customer's own rule and days, where it has any, in their place.

        Own days without an own rule are net days: that is what "30 days" on a customer means.
        """
        if rule is None:
            return self if days is None else self._replace(rule=DueRule.NET, days=days)
        return self._replace(rule=rule, days=self.days if days is None else days)


def due_date(issued_on: date, terms: DueTerms) -> date:
    """The last day to pay without being late; never before `issued_on`.

    `due_date(date(2026, 1, 20), DueTerms(DueRule.END_OF_MONTH, 30))` is 2 March 2026: thirty days
    after 31 January.
    """
    rule, days, to_business_day = terms
    if rule is DueRule.NET:
        due = issued_on + timedelta(days=days)
    elif rule is DueRule.END_OF_MONTH:
        due = _month_end(issued_on) + timedelta(days=days)
    elif rule is DueRule.MONTH_AFTER_NET:
        due = _month_end(issued_on + timedelta(days=days))
    elif rule is DueRule.DAY_OF_NEXT_MONTH:
        next_month = _month_end(issued_on) + timedelta(days=1)
        due = next_month.replace(day=min(max(days, 1), _month_end(next_month).day))
    else:
        due = issued_on
    if to_business_day and due.weekday() >= _SATURDAY:
        due += timedelta(days=7 - due.weekday())
    return due


def due_on(issued_on: date, customer_terms_days: int | None, usual_terms_days: int) -> date:
    """Net days: the customer's own terms go before the tenant's."""
    days = usual_terms_days if customer_terms_days is None else customer_terms_days
    return issued_on + timedelta(days=days)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
