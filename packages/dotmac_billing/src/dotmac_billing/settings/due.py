"""When an invoice is due."""

from __future__ import annotations

from datetime import date, timedelta


def due_on(issued_on: date, customer_terms_days: int | None, usual_terms_days: int) -> date:
    """The last day to pay without being late: the customer's own terms go before the tenant's."""
    days = usual_terms_days if customer_terms_days is None else customer_terms_days
    return issued_on + timedelta(days=days)
