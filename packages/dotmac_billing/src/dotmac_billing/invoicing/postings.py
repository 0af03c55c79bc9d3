"""What an invoice does to the books."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import RECEIVABLE, REVENUE, TAX_PAYABLE


def invoice_postings(net: Decimal, tax: Decimal) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: the customer owes it all, it is revenue and tax.

    Nothing is posted for an amount of zero; the amounts sum to zero.
    """
    postings = [(RECEIVABLE, net + tax), (REVENUE, -net), (TAX_PAYABLE, -tax)]
    return [posting for posting in postings if posting[1]]
