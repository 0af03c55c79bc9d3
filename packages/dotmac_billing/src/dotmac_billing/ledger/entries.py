"""An entry of the books before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.ledger.errors import UnbalancedEntryError


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact for the books: where it comes from and what it puts on which account.

    `postings` are account code and amount (debit positive) in `currency`; those on the receivable
    account are the customer's. `reverses_id` is the entry that this one takes back.

    Raises:
        UnbalancedEntryError: the amounts do not sum to zero.
    """

    occurred_on: date
    source_type: str
    source_id: UUID
    currency: str
    description: str
    customer_id: UUID | None
    postings: tuple[tuple[str, Decimal], ...]
    reverses_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse what the database would refuse."""
        total = sum((amount for _, amount in self.postings), Decimal(0))
        if total:
            raise UnbalancedEntryError(self.source_type, total)
