"""What wallets do to the books. Debits are positive; the amounts of each list sum to zero.

Paid credit is owed to the customer until it is used: a liability. Credit that was given away is
owed to nobody; it costs something only when it is used, and then as a discount.
"""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import BREAKAGE, CUSTOMER_CREDIT, DISCOUNTS, RECEIVABLE, REVENUE

Postings = list[tuple[str, Decimal]]


def wallet_postings(paid: Decimal, granted: Decimal) -> Postings:
    """An invoice is paid by `paid` credit and by credit `granted` free; nothing for zeros."""
    postings = [(CUSTOMER_CREDIT, paid), (DISCOUNTS, granted), (RECEIVABLE, -(paid + granted))]
    return [posting for posting in postings if posting[1]]


def top_up_by_payment_postings(amount: Decimal) -> Postings:
    """What is left of a payment becomes paid credit; as a receivable it was negative."""
    return [(RECEIVABLE, amount), (CUSTOMER_CREDIT, -amount)]


def top_up_by_invoice_postings(amount: Decimal) -> Postings:
    """What was invoiced is credit to come and no revenue, as which the invoice has booked it."""
    return [(REVENUE, amount), (CUSTOMER_CREDIT, -amount)]


def breakage_postings(amount: Decimal) -> Postings:
    """Paid credit has expired: it is owed no more."""
    return [(CUSTOMER_CREDIT, amount), (BREAKAGE, -amount)]
