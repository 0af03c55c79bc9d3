"""What messages tell about a person."""

from __future__ import annotations

from collections.abc import Sequence

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
    messages = [str(message_id) for message_id in gone]
    emptied = await _empty_announcements(session, person, messages)
    return Erasure({"messages": len(messages), "announcements": emptied})


async def _empty_announcements(
    session: AsyncSession, person: Person, message_ids: Sequence[str]
) -> int:
    """What was announced stays as a fact, without what it said about the person."""
    of_customer = OutboxEvent.payload["customer_id"].astext == str(person.customer_id)
    of_message = OutboxEvent.payload["message_id"].astext.in_(message_ids)
    by_email = OutboxEvent.payload["email"].astext.in_(person.emails)
    emptied = 0
    for which, blank in (
        (of_customer, {"customer_name": "", "email": None, "external_id": None}),
        (of_customer, {"address": ""}),
        (of_message, {"subject": ""}),
        (by_email, {"email": ""}),
    ):
        fields = sa.cast(list(blank), sa.ARRAY(sa.Text()))
        without = OutboxEvent.payload.op("||")(sa.cast(blank, OutboxEvent.payload.type))
        rows = await session.scalars(
            sa.update(OutboxEvent)
            .where(which, OutboxEvent.payload.has_any(fields))
            .values(payload=without)
            .returning(OutboxEvent.id)
        )
        emptied += len(rows.all())
    return emptied


def _about(person: Person) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(MessageRow.about_kind == "customer", MessageRow.about_id == person.customer_id),
        MessageRow.recipient.in_([*person.emails, *person.phones]),
    )


personal_data = PersonalData(_export, _erase)
"""Messages to the person or about them, and announcements that name them."""
