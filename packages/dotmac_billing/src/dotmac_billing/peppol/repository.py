"""Queries of Peppol delivery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.peppol.models import PeppolDelivery, PeppolParticipant, PeppolSender
from dotmac_billing.peppol.states import DeliveryStatus
from dotmac_core_ops.database import driver_connection, new_id

# One delivery of a document, whoever wants it queued and however often: the key is the document's.
_QUEUE_INVOICES = """
INSERT INTO billing.peppol_deliveries
  (id, document_id, kind, number, customer_id, status, sending, attempts, next_at, created_at)
SELECT wanted.id, i.id, 'invoice', i.number, i.customer_id, 'queued', 1, 0, $3, $3
FROM unnest($1::uuid[], $2::uuid[]) AS wanted(id, document_id)
JOIN billing.invoices i ON i.id = wanted.document_id
JOIN billing.invoice_balances b ON b.id = i.id AND b.status <> 'void'
JOIN billing.peppol_participants p ON p.customer_id = i.customer_id
CROSS JOIN billing.peppol_senders
ON CONFLICT (tenant_id, document_id) DO NOTHING
"""
_QUEUE_CREDIT_NOTES = """
INSERT INTO billing.peppol_deliveries
  (id, document_id, kind, number, customer_id, status, sending, attempts, next_at, created_at)
SELECT wanted.id, n.id, 'credit_note', n.number, i.customer_id, 'queued', 1, 0, $3, $3
FROM unnest($1::uuid[], $2::uuid[]) AS wanted(id, document_id)
JOIN billing.credit_notes n ON n.id = wanted.document_id
JOIN billing.invoices i ON i.id = n.invoice_id
JOIN billing.peppol_participants p ON p.customer_id = i.customer_id
CROSS JOIN billing.peppol_senders
ON CONFLICT (tenant_id, document_id) DO NOTHING
"""
_DOCUMENT_CUSTOMER = """
SELECT i.customer_id FROM billing.invoices i
JOIN billing.invoice_balances b ON b.id = i.id AND b.status <> 'void' WHERE i.id = $1
UNION ALL
SELECT i.customer_id FROM billing.credit_notes n
JOIN billing.invoices i ON i.id = n.invoice_id WHERE n.id = $1
"""
SORTS = {
    "created_at": PeppolDelivery.id,
    "number": PeppolDelivery.number,
    "next_at": PeppolDelivery.next_at,
}


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries are wanted; None is any."""

    status: DeliveryStatus | None = None
    customer_id: UUID | None = None
    document_id: UUID | None = None


class PeppolRepository:
    """Addresses and deliveries of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def sender(self) -> PeppolSender | None:
        """The tenant in the network."""
        return (await self._session.execute(sa.select(PeppolSender))).scalar_one_or_none()

    async def participant(self, customer_id: UUID) -> PeppolParticipant | None:
        """The customer in the network."""
        statement = sa.select(PeppolParticipant).where(PeppolParticipant.customer_id == customer_id)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def participants(self, customer_ids: Collection[UUID]) -> dict[UUID, PeppolParticipant]:
        """These customers in the network, as far as they are there."""
        statement = sa.select(PeppolParticipant).where(
            PeppolParticipant.customer_id.in_(list(customer_ids))
        )
        found = (await self._session.execute(statement)).scalars()
        return {one.customer_id: one for one in found}

    def add(self, row: PeppolSender | PeppolParticipant) -> None:
        """Keep a new address."""
        self._session.add(row)

    async def remove(self, row: PeppolSender | PeppolParticipant) -> None:
        """Forget an address."""
        await self._session.delete(row)

    async def queue_invoices(self, ids: Collection[UUID], now: datetime) -> None:
        """Queue those that are not void, of customers in the network, and not queued yet."""
        await self._queue(_QUEUE_INVOICES, ids, now)

    async def queue_credit_notes(self, ids: Collection[UUID], now: datetime) -> None:
        """Queue those of customers in the network that are not queued yet."""
        await self._queue(_QUEUE_CREDIT_NOTES, ids, now)

    async def _queue(self, statement: str, ids: Collection[UUID], now: datetime) -> None:
        await self._session.flush()  # an address may have been given just before
        connection = await driver_connection(self._session)
        await connection.execute(statement, [new_id() for _ in ids], list(ids), now)

    async def customer_of(self, document_id: UUID) -> UUID | None:
        """Whose the invoice or credit note is; None for what is not there or void."""
        connection = await driver_connection(self._session)
        found: UUID | None = await connection.fetchval(_DOCUMENT_CUSTOMER, document_id)
        return found

    async def delivery(self, delivery_id: UUID, *, locked: bool = False) -> PeppolDelivery | None:
        """The delivery of that id; with `locked`, nobody else changes it meanwhile."""
        statement = sa.select(PeppolDelivery).where(PeppolDelivery.id == delivery_id)
        if locked:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def of_document(self, document_id: UUID) -> PeppolDelivery | None:
        """The delivery of that document."""
        statement = sa.select(PeppolDelivery).where(PeppolDelivery.document_id == document_id)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def due(self, now: datetime, most: int) -> Sequence[PeppolDelivery]:
        """What is to be sent or asked about, the longest due first; held, passing over others'."""
        open_ones = (DeliveryStatus.QUEUED, DeliveryStatus.SENT)
        statement = (
            sa.select(PeppolDelivery)
            .where(PeppolDelivery.status.in_(open_ones), PeppolDelivery.next_at <= now)
            .order_by(PeppolDelivery.next_at, PeppolDelivery.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def held(self, ids: Collection[UUID]) -> dict[UUID, PeppolDelivery]:
        """These deliveries, held until the transaction ends."""
        statement = (
            sa.select(PeppolDelivery)
            .where(PeppolDelivery.id.in_(list(ids)))
            .order_by(PeppolDelivery.id)
            .with_for_update()
        )
        return {one.id: one for one in (await self._session.execute(statement)).scalars()}

    async def waiting_of(self, document_ids: Collection[UUID]) -> Sequence[PeppolDelivery]:
        """Deliveries of these documents that the access point has not got; held."""
        statement = (
            sa.select(PeppolDelivery)
            .where(
                PeppolDelivery.document_id.in_(list(document_ids)),
                PeppolDelivery.status == DeliveryStatus.QUEUED,
            )
            .order_by(PeppolDelivery.id)
            .with_for_update()
        )
        return (await self._session.execute(statement)).scalars().all()

    async def page(
        self, wanted: DeliveryFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[Sequence[PeppolDelivery], int]:
        """A page of matching deliveries and the number of all that match."""
        conditions = [
            column == value
            for column, value in (
                (PeppolDelivery.status, wanted.status),
                (PeppolDelivery.customer_id, wanted.customer_id),
                (PeppolDelivery.document_id, wanted.document_id),
            )
            if value is not None
        ]
        column = SORTS[sort]
        order = (
            (column.desc(), PeppolDelivery.id.desc()) if descending else (column, PeppolDelivery.id)
        )
        rows = await self._session.execute(
            sa.select(PeppolDelivery)
            .where(*conditions)
            .order_by(*order)
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(PeppolDelivery).where(*conditions)
        )
        return rows.scalars().all(), total.scalar_one()
