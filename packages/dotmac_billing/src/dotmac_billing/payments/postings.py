"""What a payment does to the books."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import CASH, RECEIVABLE, WITHHOLDING_RECEIVABLE

_NOTHING = Decimal(0)


def payment_postings(amount: Decimal, withheld: Decimal = _NOTHING) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: money comes in, the customer owes that much less.

    What of it was `withheld` is for the tax office to give back, or to set off.
    Allocating it to invoices changes nothing here: credit not used yet is a negative receivable.
    """
    postings = [
        (CASH, amount - withheld),
        (WITHHOLDING_RECEIVABLE, withheld),
        (RECEIVABLE, -amount),
    ]
    return [posting for posting in postings if posting[1]]
