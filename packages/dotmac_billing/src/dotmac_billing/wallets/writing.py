"""The rows that come of credit going into wallets, and out of them other than by an invoice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from dotmac_billing.ledger.entries import Entry
from dotmac_billing.wallets.events import (
    WalletCreditExpired,
    WalletCreditGranted,
    WalletToppedUp,
)
from dotmac_billing.wallets.postings import Postings
from dotmac_billing.wallets.terms import GrantSource, MovementKind
from dotmac_core_ops.database import new_id

GRANT_SOURCE = "wallet_grant"
"""What entries of credit that was paid for have as their source type; the source is the grant."""

END_SOURCE = "wallet_credit_ended"
"""The same for credit that expired or was voided; the source is the movement."""


class Purse(NamedTuple):
    """What a grant copies from its wallet."""

    id: UUID
    customer_id: UUID
    currency: str
    priority: int


class Origin(NamedTuple):
    """Where the credit of a grant comes from; all None for what was given by hand."""

    source: GrantSource
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    rule_id: UUID | None = None
    is_pending: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether it is the customer's own money."""
        return self.source is GrantSource.TOP_UP


class CreditWriting:
    """Collects grants, movements, entries and facts: for one grant, or for thousands at once.

    Rows are in the order of the repository's columns. `taken` is how much goes off each grant.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.grants: list[tuple[Any, ...]] = []
        self.movements: list[tuple[Any, ...]] = []
        self.taken: dict[UUID, Decimal] = {}
        self.entries: list[Entry] = []
        self.events: list[WalletToppedUp | WalletCreditGranted | WalletCreditExpired] = []

    def add(
        self,
        purse: Purse,
        amount: Decimal,
        origin: Origin,
        on: date,
        *,
        expires_on: date | None = None,
        priority: int | None = None,
        note: str | None = None,
        postings: Postings | None = None,
    ) -> UUID:
        """Put credit into a wallet; its id. What was paid for is booked by `postings`."""
        grant_id = new_id()
        source, invoice_id, payment_id, rule_id, is_pending = origin
        self.grants.append(
            (
                *(grant_id, purse.id, purse.customer_id, purse.currency, source.value),
                *(origin.is_paid, is_pending, amount, amount),
                purse.priority if priority is None else priority,
                *(on, self._now, expires_on, invoice_id, payment_id, rule_id, note),
            )
        )
        self._move(purse.id, grant_id, MovementKind.GRANTED, amount, on, note=note)
        if postings:
            self.entries.append(
                Entry(
                    occurred_on=on,
                    source_type=GRANT_SOURCE,
                    source_id=grant_id,
                    currency=purse.currency,
                    description="Prepaid credit",
                    customer_id=purse.customer_id,
                    postings=tuple(postings),
                )
            )
        named = {
            "wallet_id": purse.id,
            "grant_id": grant_id,
            "customer_id": purse.customer_id,
            "currency": purse.currency,
            "amount": amount,
        }
        self.events.append(
            WalletToppedUp.model_validate(
                {
                    **named,
                    "is_pending": is_pending,
                    "invoice_id": invoice_id,
                    "payment_id": payment_id,
                }
            )
            if origin.is_paid
            else WalletCreditGranted.model_validate({**named, "expires_on": expires_on})
        )
        return grant_id

    def end(
        self,
        purse: Purse,
        grant_id: UUID,
        amount: Decimal,
        kind: MovementKind,
        on: date,
        *,
        note: str | None = None,
        postings: Postings | None = None,
    ) -> None:
        """Take what is left of a grant out of its wallet, or a part of it that rolls over."""
        self.taken[grant_id] = self.taken.get(grant_id, Decimal(0)) + amount
        movement_id = self._move(purse.id, grant_id, kind, -amount, on, note=note)
        if postings:
            self.entries.append(
                Entry(
                    occurred_on=on,
                    source_type=END_SOURCE,
                    source_id=movement_id,
                    currency=purse.currency,
                    description=f"Prepaid credit {kind.value}",
                    customer_id=purse.customer_id,
                    postings=tuple(postings),
                )
            )
        if kind is MovementKind.EXPIRED:
            self.events.append(
                WalletCreditExpired(
                    wallet_id=purse.id,
                    grant_id=grant_id,
                    customer_id=purse.customer_id,
                    currency=purse.currency,
                    amount=amount,
                    is_paid=bool(postings),
                )
            )

    def _move(
        self,
        wallet_id: UUID,
        grant_id: UUID,
        kind: MovementKind,
        amount: Decimal,
        on: date,
        *,
        note: str | None,
    ) -> UUID:
        movement_id = new_id()
        self.movements.append(
            (
                *(movement_id, wallet_id, grant_id, kind.value, amount, on),
                *(None, note, self._now),
            )
        )
        return movement_id
