"""What giving up a debt, or a whole invoice, does to the books."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from dotmac_billing.ledger.chart import (
    BAD_DEBT,
    DEFERRED_REVENUE,
    RECEIVABLE,
    REVENUE,
    TAX_PAYABLE,
)
from dotmac_core_ops.money import round_money


def write_off_postings(amount: Decimal, tax: Decimal) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: what is given up is a loss, but for tax not owed now.

    A recovery is the same with both below zero. Nothing is posted for zero.
    """
    postings = [(BAD_DEBT, amount - tax), (TAX_PAYABLE, tax), (RECEIVABLE, -amount)]
    return [posting for posting in postings if posting[1]]


def tax_share(amount: Decimal, total: Decimal, tax: Decimal, currency: str) -> Decimal:
    """The tax in a part of an invoice: in proportion to the whole, rounded to the currency."""
    return round_money(tax * amount / total, currency) if total else Decimal(0)


def void_postings(
    booked: Iterable[tuple[str, Decimal]], earned: Decimal
) -> list[tuple[str, Decimal]]:
    """Account and amount: what the invoice `booked`, the other way round.

    What was `earned` of it since is taken back from revenue, where it is, and not from what was
    deferred. Nothing is posted for zero.
    """
    postings = {code: -amount for code, amount in booked}
    for code, amount in ((DEFERRED_REVENUE, -earned), (REVENUE, earned)):
        postings[code] = postings.get(code, Decimal(0)) + amount
    return [posting for posting in postings.items() if posting[1]]
