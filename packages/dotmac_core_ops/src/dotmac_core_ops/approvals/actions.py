"""What can need a second person."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from uuid import UUID


@dataclass(frozen=True)
class Deed:
    """What is to be done: the action, to which thing (kind and id), over how much money."""

    action: str
    target: tuple[str, UUID | str]
    amount: Decimal
    currency: str


class ApprovalState(Enum):
    """Where a request for approval stands; one whose time is up counts for nothing."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    USED = "used"


def needs_approval(amount: Decimal, currency: str, limits: dict[str, Decimal]) -> bool:
    """Whether `amount` is above the limit; `limits` are the tenant's for the action, by currency.

    Without any limit nothing needs approval. An action that is limited in one currency needs it for
    any amount in another that has no limit: a refund in dollars would pass by a limit in euros.
    """
    if not limits:
        return False
    return amount > limits.get(currency, Decimal(0))
