"""What an invoice does to the books."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.ledger.chart import (
    DEFERRED_REVENUE,
    DISCOUNTS,
    RECEIVABLE,
    REVENUE,
    TAX_PAYABLE,
)
from dotmac_billing.recognition.deferring import Deferred

_NOTHING = Decimal(0)
_ALL_REVENUE = Deferred(_NOTHING, _NOTHING)


def invoice_postings(
    net: Decimal,
    tax: Decimal,
    discount: Decimal = _NOTHING,
    deferred: Deferred = _ALL_REVENUE,
) -> list[tuple[str, Decimal]]:
    """Account and amount, debit positive: the customer owes it all, it is revenue and tax.

    Revenue is what the prices say; `discount` (before tax) is taken off on an account of its own.
    What is `deferred` is no revenue yet, and will be what is charged for it after discount (the
    price of the transaction in IFRS 15.47), so its discount is on no account.
    Nothing is posted for an amount of zero; the amounts sum to zero.
    """
    later, discount = deferred.net, discount - deferred.discount
    postings = [(RECEIVABLE, net + tax), (REVENUE, later - net - discount), (TAX_PAYABLE, -tax)]
    if discount:
        postings.append((DISCOUNTS, discount))
    if later:
        postings.append((DEFERRED_REVENUE, -later))
    return [posting for posting in postings if posting[1]]
