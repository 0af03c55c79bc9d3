"""What leaving before the end of a term costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_core_ops.money import round_money
from dotmac_core_ops.months import add_months

_NOTHING = Decimal(0)


class TerminationFee(Enum):
    """`FULL`: as the plan says. `PRORATED`: by the months left of the term. `NONE`: waived."""

    FULL = "full"
    PRORATED = "prorated"
    NONE = "none"


def months_between(first: date, last: date) -> int:
    """Months from the first day up to the last, one that is begun counts; 0 when none is left."""
    if last <= first:
        return 0
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) >= last else months + 1


def termination_fee(
    plan: PublishedPlan,
    currency: str,
    fee: TerminationFee,
    *,
    end_on: date,
    term_end_on: date | None,
    term_starts_on: date,
    term_months: int | None,
) -> Decimal:
    """The plan's fee for ending on `end_on`, rounded; 0 at the end of the term or without one.

    Prorated it is multiplied by the months left and divided by the months of the term.
    """
    if fee is TerminationFee.NONE or term_end_on is None or end_on >= term_end_on:
        return _NOTHING
    amount = plan.termination_fee.get(currency, _NOTHING)
    if fee is TerminationFee.FULL:
        return round_money(amount, currency)
    whole = term_months or months_between(term_starts_on, term_end_on)
    left = min(whole, months_between(end_on, term_end_on))
    return round_money(amount * left / whole, currency)
