"""What can be done with a customer's consents: give, withdraw, prove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.principal import current_actor
from dotmac_customers.communication.consents.proof import proof
from dotmac_customers.communication.consents.record import (
    ConsentDecision,
    ConsentRecord,
    NewConsent,
)
from dotmac_customers.communication.consents.repository import ConsentRepository
from dotmac_customers.communication.errors import ConsentUnfoundedError
from dotmac_customers.communication.events import ConsentGiven, ConsentWithdrawn
from dotmac_customers.communication.models import Consent
from dotmac_customers.communication.topics import ContactChannel, Topic
from dotmac_customers.profiles.service import CustomerService


class ConsentService:
    """Consents of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._consents = ConsentRepository(session)
        self._customers = CustomerService.within(session)

    async def note(self, customer_id: UUID, consent: NewConsent) -> ConsentRecord:
        """Write down that the customer agrees, or no longer does.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            ConsentUnfoundedError: it does not say which text was agreed to.
        """
        await self._customers.by_id(customer_id)
        is_given = consent.decision is ConsentDecision.GIVEN
        if is_given and not (consent.text_version or consent.wording):
            raise ConsentUnfoundedError
        actor = current_actor()
        row = await self._consents.add(
            customer_id, consent, recorded_by=actor.name, now=clock_of(self._session).now()
        )
        kind = ConsentGiven if is_given else ConsentWithdrawn
        await EventPublisher(self._session).publish(
            kind(
                customer_id=customer_id,
                consent_id=row.id,
                topic=consent.topic.value,
                channel=consent.channel.value,
                method=consent.method.value,
            )
        )
        await record(
            self._session,
            action=f"customers.consent_{consent.decision.value}",
            target=("customer", customer_id),
            after={
                "topic": consent.topic.value,
                "channel": consent.channel.value,
                "method": consent.method.value,
                "text_version": consent.text_version,
            },
        )
        return _record(row)

    async def of(self, customer_id: UUID) -> list[ConsentRecord]:
        """Everything that was written down, oldest first.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        await self._customers.by_id(customer_id)
        return [_record(row) for row in await self._consents.of(customer_id)]

    async def standing(self, customer_id: UUID) -> set[tuple[ContactChannel, Topic]]:
        """What the customer agrees to at present."""
        return await self._consents.standing(customer_id)

    async def prove(self, customer_id: UUID) -> dict[str, Any]:
        """The proof of everything that was written down; that it was taken is in the audit log.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        customer = await self._customers.by_id(customer_id)
        records = [_record(row) for row in await self._consents.of(customer_id)]
        made = proof(customer_id, customer.number, records, clock_of(self._session).now())
        await record(
            self._session,
            action="customers.consent_proof",
            target=("customer", customer_id),
            after={"records": len(records), "sha256": made["sha256"]},
        )
        return made


def _record(row: Consent) -> ConsentRecord:
    return ConsentRecord(
        id=row.id,
        topic=row.topic,
        channel=row.channel,
        decision=row.decision,
        method=row.method,
        text_version=row.text_version,
        wording=row.wording,
        source_address=row.source_address,
        note=row.note,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )
