"""What a payment does to the books."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import CASH, RECEIVABLE


def payment_postings(amount: Decimal) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: money comes in, the customer owes that much less.

    Allocating it to invoices changes nothing here: credit not used yet is a negative receivable.
    """
    return [(CASH, amount), (RECEIVABLE, -amount)]
