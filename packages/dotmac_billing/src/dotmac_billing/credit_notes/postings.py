"""What a credit note does to the books."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import (
    CASH,
    DEFERRED_REVENUE,
    RECEIVABLE,
    REFUNDS,
    REVENUE,
    TAX_PAYABLE,
)

_NOTHING = Decimal(0)


def credit_note_postings(
    net: Decimal, tax: Decimal, to_refund: Decimal, deferred: Decimal = _NOTHING
) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: revenue and tax are taken back, the customer owes less.

    What is to be paid back is owed to the customer instead. Of `net`, `deferred` was not revenue
    yet. Nothing is posted for zero.
    """
    postings = [
        (REVENUE, net - deferred),
        (DEFERRED_REVENUE, deferred),
        (TAX_PAYABLE, tax),
        (RECEIVABLE, to_refund - net - tax),
        (REFUNDS, -to_refund),
    ]
    return [posting for posting in postings if posting[1]]


def refund_postings(amount: Decimal) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: money goes out, and that much less is to be paid back."""
    return [(REFUNDS, amount), (CASH, -amount)]
