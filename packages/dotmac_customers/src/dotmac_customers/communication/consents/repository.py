"""Every query on consents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import new_id
from dotmac_customers.communication.consents.record import ConsentDecision, NewConsent
from dotmac_customers.communication.models import Consent
from dotmac_customers.communication.topics import ContactChannel, Topic


class ConsentRepository:
    """What customers of the session's tenant agreed to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self, customer_id: UUID, consent: NewConsent, *, recorded_by: str, now: datetime
    ) -> Consent:
        """Write a consent down."""
        row = Consent(
            id=new_id(),
            customer_id=customer_id,
            topic=consent.topic,
            channel=consent.channel,
            decision=consent.decision,
            method=consent.method,
            text_version=consent.text_version,
            wording=consent.wording,
            source_address=consent.source_address,
            note=consent.note,
            recorded_by=recorded_by,
            recorded_at=now,
        )
        self._session.add(row)
        await self._session.flush()  # what is decided next reads it by statements of its own
        return row

    async def of(self, customer_id: UUID) -> Sequence[Consent]:
        """Everything that was written down, oldest first."""
        query = sa.select(Consent).where(Consent.customer_id == customer_id).order_by(Consent.id)
        return (await self._session.scalars(query)).all()

    async def standing(self, customer_id: UUID) -> set[tuple[ContactChannel, Topic]]:
        """What the customer agrees to at present."""
        latest = (
            sa.select(Consent.channel, Consent.topic, Consent.decision)
            .where(Consent.customer_id == customer_id)
            .ext(distinct_on(Consent.channel, Consent.topic))
            .order_by(Consent.channel, Consent.topic, Consent.id.desc())
        )
        rows = await self._session.execute(latest)
        return {(row.channel, row.topic) for row in rows if row.decision is ConsentDecision.GIVEN}
