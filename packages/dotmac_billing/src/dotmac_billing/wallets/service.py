"""What invoices do with wallets: ask what is in them, and spend it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.entries import Entry
from dotmac_billing.ledger.service import LedgerService
from dotmac_billing.wallets.events import WalletLow
from dotmac_billing.wallets.grants import Grant, Spent
from dotmac_billing.wallets.postings import wallet_postings
from dotmac_billing.wallets.repository import SpendingRepository
from dotmac_billing.wallets.terms import MovementKind
from dotmac_core_events import EventPublisher
from dotmac_core_ops.database import clock_of, new_ids

SOURCE = "wallet_spending"
"""What entries of spent credit have as their source type; the source is the first movement."""


async def grants_of(
    session: AsyncSession, customer_ids: Collection[UUID], on: date
) -> dict[tuple[UUID, str], list[Grant]]:
    """Credit that the customers can use on the day `on`, by customer and currency, for `draw`.

    One query. What is pending or expired is left out. The grants are held until the transaction
    ends, in the order of their ids; hold the customers first.
    """
    found: dict[tuple[UUID, str], list[Grant]] = {}
    for grant in await SpendingRepository(session).grants(customer_ids, on):
        found.setdefault((grant.customer_id, grant.currency), []).append(grant)
    return found


async def spend(session: AsyncSession, spent: Sequence[Spent]) -> None:
    """Use up what `draw` has found: grants, movements, books and `billing.wallet_low`; set-wise.

    Books one entry for each invoice (see `wallet_postings`), so that the caller books nothing but
    the invoice; the caller has the amounts in the balance of the invoice as paid. The invoices need
    not be written yet.

    Raises:
        asyncpg.CheckViolationError: more is spent than remains; the grants were not held.
    """
    if not spent:
        return
    repository = SpendingRepository(session)
    now = clock_of(session).now()
    grants = await repository.spend(spent)
    movements = [
        (
            *(movement_id, grants[one.grant_id]["wallet_id"], one.grant_id),
            *(MovementKind.DRAWN.value, -one.amount, one.on, one.invoice_id, None, now),
        )
        for movement_id, one in zip(new_ids(len(spent)), spent, strict=True)
    ]
    await repository.add_movements(movements)
    sources = [movement[0] for movement in movements]
    await LedgerService.within(session).post(_entries(spent, sources, grants))
    before: dict[UUID, Decimal] = {}
    for one in spent:
        wallet_id = grants[one.grant_id]["wallet_id"]
        before[wallet_id] = before.get(wallet_id, Decimal(0)) + one.amount
    await EventPublisher(session).publish_many(
        [
            WalletLow(
                wallet_id=row["id"],
                customer_id=row["customer_id"],
                currency=row["currency"],
                balance=row["balance"],
                low_below=row["low_below"],
            )
            for row in await repository.low(before.keys())
            if row["balance"] + before[row["id"]] >= row["low_below"]
        ]
    )


def _entries(
    spent: Sequence[Spent], sources: Sequence[UUID], grants: dict[UUID, asyncpg.Record]
) -> list[Entry]:
    by_invoice: dict[UUID, list[tuple[Spent, UUID]]] = {}
    for one, source in zip(spent, sources, strict=True):
        by_invoice.setdefault(one.invoice_id, []).append((one, source))
    entries = []
    for parts in by_invoice.values():
        sums = {True: Decimal(0), False: Decimal(0)}
        for one, _ in parts:
            sums[grants[one.grant_id]["is_paid"]] += one.amount
        first, source = parts[0]
        grant = grants[first.grant_id]
        entries.append(
            Entry(
                occurred_on=first.on,
                source_type=SOURCE,
                source_id=source,
                currency=grant["currency"],
                description="Prepaid credit used",
                customer_id=grant["customer_id"],
                postings=tuple(wallet_postings(sums[True], sums[False])),
            )
        )
    return entries
