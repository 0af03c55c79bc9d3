"""Letting lines wait for the next invoice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.pending.repository import PendingRepository
from dotmac_core_ops.database import clock_of, new_ids


async def add_pending(session: AsyncSession, lines: Sequence[NewPendingLine]) -> list[UUID]:
    """Let `lines` wait for the next invoice of their subscription or customer; their ids."""
    if not lines:
        return []
    now = clock_of(session).now()
    ids = new_ids(len(lines))
    await PendingRepository(session).add(
        [
            (
                *(line_id, line.customer_id, line.subscription_id, line.kind.value),
                *(line.description, line.quantity, line.unit_price, line.amount, line.currency),
                *(line.bill_from, line.component_id, line.item_id, line.period_start),
                *(line.period_end, line.tax_code, line.includes_tax, line.reverses_line_id),
                *(line.explanation, line.own_off, now),
            )
            for line_id, line in zip(ids, lines, strict=True)
        ]
    )
    return list(ids)


async def withdraw_pending(session: AsyncSession, line_ids: Collection[UUID]) -> list[UUID]:
    """Let lines not be billed after all; the ids of those that were still waiting."""
    return await PendingRepository(session).withdraw(line_ids, clock_of(session).now())


async def release_pending(
    session: AsyncSession, invoice_id: UUID, *, only_known: bool = False
) -> set[int]:
    """Let lines of an invoice that is void wait again; their positions on it.

    With `only_known`, without those of which nobody knows the position.
    """
    return await PendingRepository(session).release(invoice_id, only_known=only_known)
