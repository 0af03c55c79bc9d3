"""The movements and entries that come of invoices that were paid from wallets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from dotmac_billing.ledger.entries import Entry
from dotmac_billing.wallets.grants import Spent
from dotmac_billing.wallets.postings import wallet_postings
from dotmac_billing.wallets.terms import MovementKind
from dotmac_core_ops.database import new_ids

SOURCE = "wallet_spending"
"""What entries of spent credit have as their source type; the source is the first movement."""


RETURN_SOURCE = "wallet_return"
"""The same for credit that is in its wallet again because the invoice is void."""


class Drained(NamedTuple):
    """What must be known of a grant that was spent."""

    wallet_id: UUID
    customer_id: UUID
    currency: str
    is_paid: bool


def booked(
    spent: Sequence[Spent], grants: Mapping[UUID, Drained], now: datetime
) -> tuple[list[tuple[Any, ...]], list[Entry]]:
    """A movement for each of `spent`, as the repository takes it, and an entry for each invoice."""
    movements = []
    by_invoice: dict[UUID, list[tuple[Spent, UUID]]] = {}
    for movement_id, one in zip(new_ids(len(spent)), spent, strict=True):
        movements.append(
            (
                *(movement_id, grants[one.grant_id].wallet_id, one.grant_id),
                *(MovementKind.DRAWN.value, -one.amount, one.on, one.invoice_id, None, now),
            )
        )
        by_invoice.setdefault(one.invoice_id, []).append((one, movement_id))
    return movements, [_entry(parts, grants) for parts in by_invoice.values()]


def returned(
    invoice_id: UUID, grants: Sequence[tuple[UUID, Drained, Decimal]], on: date, now: datetime
) -> tuple[list[tuple[Any, ...]], Entry]:
    """What `booked` made for an invoice, the other way round: it is void, on the day `on`.

    `grants` (at least one) are those that it has drawn on, with how much.
    """
    ids = new_ids(len(grants))
    movements = [
        (
            *(movement_id, drained.wallet_id, grant_id),
            *(MovementKind.RETURNED.value, amount, on, invoice_id, None, now),
        )
        for movement_id, (grant_id, drained, amount) in zip(ids, grants, strict=True)
    ]
    sums = {True: Decimal(0), False: Decimal(0)}
    for _, drained, amount in grants:
        sums[drained.is_paid] += amount
    first = grants[0][1]
    return movements, Entry(
        occurred_on=on,
        source_type=RETURN_SOURCE,
        source_id=ids[0],
        currency=first.currency,
        description="Prepaid credit returned",
        customer_id=first.customer_id,
        postings=tuple(wallet_postings(-sums[True], -sums[False])),
    )


def _entry(parts: Sequence[tuple[Spent, UUID]], grants: Mapping[UUID, Drained]) -> Entry:
    sums = {True: Decimal(0), False: Decimal(0)}
    for one, _ in parts:
        sums[grants[one.grant_id].is_paid] += one.amount
    first, source_id = parts[0]
    grant = grants[first.grant_id]
    return Entry(
        occurred_on=first.on,
        source_type=SOURCE,
        source_id=source_id,
        currency=grant.currency,
        description="Prepaid credit used",
        customer_id=grant.customer_id,
        postings=tuple(wallet_postings(sums[True], sums[False])),
    )
