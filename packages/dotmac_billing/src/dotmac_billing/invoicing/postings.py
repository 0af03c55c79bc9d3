"""What an invoice does to the books."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import DISCOUNTS, RECEIVABLE, REVENUE, TAX_PAYABLE

_NOTHING = Decimal(0)


def invoice_postings(
    net: Decimal, tax: Decimal, discount: Decimal = _NOTHING
) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: the customer owes it all, it is revenue and tax.

    Revenue is what the prices say; `discount` (before tax) is taken off on an account of its own.
    Nothing is posted for an amount of zero; the amounts sum to zero.
    """
    postings = [(RECEIVABLE, net + tax), (REVENUE, -net - discount), (TAX_PAYABLE, -tax)]
    if discount:
        postings.append((DISCOUNTS, discount))
    return [posting for posting in postings if posting[1]]
