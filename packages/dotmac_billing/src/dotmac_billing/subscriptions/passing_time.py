"""The facts that come of the passing of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dotmac_billing.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionExpired,
    SubscriptionResumed,
)
from dotmac_core_ops.months import add_months

Row = Mapping[str, Any]
Fact = SubscriptionCancelled | SubscriptionExpired | SubscriptionResumed


def fact_of(row: Row) -> Fact | None:
    """What is announced of a subscription whose state has changed; None for what was before.

    An end that somebody arranged was announced when it was; so was a pause.
    """
    named = {
        "subscription_id": row["id"],
        "customer_id": row["customer_id"],
        "number": row["number"],
    }
    if row["status"] == "expired":
        return SubscriptionExpired(**named, end_on=row["end_on"])
    if row["status"] == "cancelled" and row["agreed_end_on"] is None:
        return SubscriptionCancelled(**named, end_on=row["end_on"])
    if row["before"] == "paused" and row["status"] == "active":
        return SubscriptionResumed(**named, resume_on=row["resume_on"])
    return None


def next_term_end(base: date, term_end_on: date, months: int | None, today: date) -> date | None:
    """The first end of a term after `today`; None when what follows the term has none.

    Counted from `base`, so that a term that ends on the 31st does so again after February.
    """
    if months is None:
        return None
    count = 1
    while (end := add_months(base, months * count)) <= today:
        count += 1
    if add_months(base, months) <= term_end_on:
        return end
    count = 1
    while (end := add_months(term_end_on, months * count)) <= today:
        count += 1
    return end
