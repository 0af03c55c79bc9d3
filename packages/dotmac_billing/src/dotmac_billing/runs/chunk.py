"""What one transaction of a run did."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from dotmac_billing.assembly.decision import Decision


@dataclass(slots=True)
class Chunk:
    """Subscriptions that were claimed together, and what became of them."""

    claimed: int
    decision: Decision = field(default_factory=Decision)


def totals_of(decision: Decision) -> dict[str, Decimal]:
    """What the invoices come to, by currency."""
    sums: dict[str, Decimal] = {}
    for draft in decision.drafts:
        sums[draft.currency] = sums.get(draft.currency, Decimal(0)) + draft.totals.total
    return sums
