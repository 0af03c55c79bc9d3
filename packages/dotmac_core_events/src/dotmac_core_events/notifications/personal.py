"""What messages tell about a person."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.notifications.models import MessageRow
from dotmac_core_events.outbox.models import OutboxEvent
from dotmac_core_ops.personal_data import Erasure, Person, PersonalData, PersonalExport

_SHOWN = ("id", "channel", "recipient", "subject", "text", "topic", "state", "created_at")


async def _export(session: AsyncSession, person: Person) -> PersonalExport:
    columns = [getattr(MessageRow, name) for name in _SHOWN]
    rows = await session.execute(
        sa.select(*columns).where(_about(person)).order_by(MessageRow.created_at)
    )
    return PersonalExport({"messages": [dict(row) for row in rows.mappings()]})


async def _erase(session: AsyncSession, person: Person) -> Erasure:
    gone = await session.scalars(
        sa.delete(MessageRow).where(_about(person)).returning(MessageRow.id)
    )
    # What was announced stays as a fact, without what it said about the person.
    emptied = await session.scalars(
        sa.update(OutboxEvent)
        .where(OutboxEvent.payload["customer_id"].astext == str(person.customer_id))
        .where(
            OutboxEvent.payload.has_any(sa.cast(["customer_name", "email"], sa.ARRAY(sa.Text())))
        )
        .values(
            payload=OutboxEvent.payload.op("||")(
                sa.cast({"customer_name": "", "email": None}, OutboxEvent.payload.type)
            )
        )
        .returning(OutboxEvent.id)
    )
    return Erasure({"messages": len(gone.all()), "announcements": len(emptied.all())})


def _about(person: Person) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(MessageRow.about_kind == "customer", MessageRow.about_id == person.customer_id),
        MessageRow.recipient.in_([*person.emails, *person.phones]),
    )


personal_data = PersonalData(_export, _erase)
"""Messages to the person or about them, and announcements that name them."""
