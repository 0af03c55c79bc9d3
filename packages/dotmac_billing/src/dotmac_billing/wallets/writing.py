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
                _entry(purse, on, (GRANT_SOURCE, grant_id), "Prepaid credit", postings)
            )
        self._announce(purse, grant_id, amount, origin, expires_on)
        return grant_id

    def _announce(
        self, purse: Purse, grant_id: UUID, amount: Decimal, origin: Origin, expires_on: date | None
    ) -> None:
        named = {
            "wallet_id": purse.id,
            "grant_id": grant_id,
            "customer_id": purse.customer_id,
            "currency": purse.currency,
            "amount": amount,
        }
        if origin.is_paid:
            where_from = {
                "is_pending": origin.is_pending,
                "invoice_id": origin.invoice_id,
                "payment_id": origin.payment_id,
            }
            self.events.append(WalletToppedUp.model_validate({**named, **where_from}))
        else:
            said = {**named, "expires_on": expires_on}
            self.events.append(WalletCreditGranted.model_validate(said))

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
            source = (END_SOURCE, movement_id)
            self.entries.append(_entry(purse, on, source, f"Prepaid credit {kind.value}", postings))
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


def _entry(
    purse: Purse, on: date, source: tuple[str, UUID], description: str, postings: Postings
) -> Entry:
    return Entry(
        occurred_on=on,
        source_type=source[0],
        source_id=source[1],
        currency=purse.currency,
        description=description,
        customer_id=purse.customer_id,
        postings=tuple(postings),
    )
