"""What can be done in the Peppol network: have an address, queue documents, send them again."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.events import CustomerChanged
from dotmac_billing.customers.service import CustomerService
from dotmac_billing.peppol.announcing import failed
from dotmac_billing.peppol.errors import (
    PeppolDeliveryUnknownError,
    PeppolDocumentUnknownError,
    PeppolNotAddressedError,
    PeppolParticipantInvalidError,
    PeppolParticipantUnknownError,
    PeppolSenderUnknownError,
)
from dotmac_billing.peppol.models import PeppolDelivery, PeppolParticipant, PeppolSender
from dotmac_billing.peppol.participant import Participant, participant_of, problem_of
from dotmac_billing.peppol.repository import PeppolRepository
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of


async def queue_invoices(session: AsyncSession, invoice_ids: Collection[UUID]) -> None:
    """Let these be sent whose customers are in the network, when the tenant is."""
    await PeppolRepository(session).queue_invoices(invoice_ids, clock_of(session).now())


async def queue_credit_notes(session: AsyncSession, credit_note_ids: Collection[UUID]) -> None:
    """Let these be sent whose customers are in the network, when the tenant is."""
    await PeppolRepository(session).queue_credit_notes(credit_note_ids, clock_of(session).now())


async def give_up_void(session: AsyncSession, invoice_ids: Collection[UUID]) -> None:
    """Invoices that are void and still wait are not sent; those that were sent stay so."""
    now = clock_of(session).now()
    waiting = await PeppolRepository(session).waiting_of(invoice_ids)
    for delivery in waiting:
        delivery.fail("INVOICE_VOID", "The invoice was made void before it was sent.", now)
    await EventPublisher(session).publish_many([failed(delivery) for delivery in waiting])


class PeppolService:
    """The network as the session's tenant uses it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._peppol = PeppolRepository(session)

    async def sender(self) -> PeppolSender:
        """The tenant in the network.

        Raises:
            PeppolSenderUnknownError: it is not in it.
        """
        found = await self._peppol.sender()
        if found is None:
            raise PeppolSenderUnknownError
        return found

    async def put_sender(
        self, account: str, scheme: str | None, identifier: str | None
    ) -> PeppolSender:
        """Let the tenant's documents be sent from now on, on behalf of that account.

        Raises:
            PeppolParticipantInvalidError: see `put_participant`.
        """
        address = None
        if scheme is not None and identifier is not None:
            address = _checked(scheme, identifier)
        now = clock_of(self._session).now()
        sender = await self._peppol.sender()
        before = None if sender is None else _sender_facts(sender)
        if sender is None:
            sender = PeppolSender(account=account, updated_at=now)
            self._peppol.add(sender)
        sender.account, sender.updated_at = account, now
        sender.scheme = None if address is None else address.scheme
        sender.identifier = None if address is None else address.identifier
        await self._session.flush()  # the audit names its id
        await record(
            self._session,
            action="peppol_sender.put",
            target=("peppol_sender", sender.id),
            before=before,
            after=_sender_facts(sender),
        )
        return sender

    async def remove_sender(self) -> None:
        """Send nothing any more; what waits goes on waiting.

        Raises:
            PeppolSenderUnknownError: nothing is sent as it is.
        """
        sender = await self.sender()
        await self._peppol.remove(sender)
        await record(
            self._session,
            action="peppol_sender.remove",
            target=("peppol_sender", sender.id),
            before=_sender_facts(sender),
        )

    async def participant(self, customer_id: UUID) -> PeppolParticipant:
        """The customer in the network.

        Raises:
            BillingCustomerNotFoundError: billing does not know the customer.
            PeppolParticipantUnknownError: it has no address there.
        """
        await CustomerService(self._session).get(customer_id)
        found = await self._peppol.participant(customer_id)
        if found is None:
            raise PeppolParticipantUnknownError(customer_id)
        return found

    async def put_participant(
        self, customer_id: UUID, scheme: str, identifier: str, buyer_reference: str | None
    ) -> PeppolParticipant:
        """Give the customer an address: what is issued to it from now on is sent there.

        Raises:
            BillingCustomerNotFoundError: billing does not know the customer.
            PeppolParticipantInvalidError: form or check digits are wrong.
        """
        address = _checked(scheme, identifier)
        await CustomerService(self._session).locked(customer_id)
        now = clock_of(self._session).now()
        known = await self._peppol.participant(customer_id)
        before = None if known is None else _participant_facts(known)
        if known is None:
            known = PeppolParticipant(customer_id=customer_id)
            self._peppol.add(known)
        known.scheme, known.identifier = address
        known.buyer_reference, known.updated_at = buyer_reference, now
        await self._changed(
            "peppol_participant.put", customer_id, before, _participant_facts(known)
        )
        return known

    async def remove_participant(self, customer_id: UUID) -> None:
        """Take the customer's address away: nothing is queued for it any more.

        Raises:
            BillingCustomerNotFoundError, PeppolParticipantUnknownError: see `participant`.
        """
        known = await self.participant(customer_id)
        await self._peppol.remove(known)
        await self._changed(
            "peppol_participant.remove", customer_id, _participant_facts(known), None
        )

    async def queue(self, document_id: UUID) -> PeppolDelivery:
        """Let an invoice or credit note be sent that was issued before its customer was reachable.

        One that is queued or was sent already comes back as it is.

        Raises:
            PeppolSenderUnknownError: the tenant is not in the network.
            PeppolDocumentUnknownError: there is no such document, or it is void.
            PeppolNotAddressedError: its customer has no address.
        """
        known = await self._peppol.of_document(document_id)
        if known is not None:
            return known
        await self.sender()
        customer_id = await self._peppol.customer_of(document_id)
        if customer_id is None:
            raise PeppolDocumentUnknownError(document_id)
        if await self._peppol.participant(customer_id) is None:
            raise PeppolNotAddressedError
        await queue_invoices(self._session, [document_id])
        await queue_credit_notes(self._session, [document_id])
        made = await self._peppol.of_document(document_id)
        assert made is not None  # all that could keep it out was looked at
        await record(
            self._session,
            action="peppol_deliveries.queue",
            target=("peppol_delivery", made.id),
            after={"number": made.number},
        )
        return made

    async def delivery(self, delivery_id: UUID) -> PeppolDelivery:
        """The delivery of that id.

        Raises:
            PeppolDeliveryUnknownError: there is none.
        """
        found = await self._peppol.delivery(delivery_id)
        if found is None:
            raise PeppolDeliveryUnknownError(delivery_id)
        return found

    async def resend(self, delivery_id: UUID) -> PeppolDelivery:
        """Let what failed be sent again, and what waits for its next attempt at once.

        Raises:
            PeppolDeliveryUnknownError: there is none.
            PeppolUnderWayError: the access point has it, or its receiver.
        """
        found = await self._peppol.delivery(delivery_id, locked=True)
        if found is None:
            raise PeppolDeliveryUnknownError(delivery_id)
        before = {"status": found.status.value, "reason_code": found.reason_code}
        found.send_again(clock_of(self._session).now())
        await record(
            self._session,
            action="peppol_deliveries.resend",
            target=("peppol_delivery", found.id),
            before=before,
            after={"status": found.status.value, "sending": found.sending},
        )
        return found

    async def _changed(
        self,
        action: str,
        customer_id: UUID,
        before: dict[str, str | None] | None,
        after: dict[str, str | None] | None,
    ) -> None:
        await record(
            self._session,
            action=action,
            target=("billing_customer", customer_id),
            before=before,
            after=after,
        )
        await EventPublisher(self._session).publish(
            CustomerChanged(customer_id=customer_id, changed=["peppol"])
        )


def _checked(scheme: str, identifier: str) -> Participant:
    address = participant_of(scheme, identifier)
    problem = problem_of(address)
    if problem is not None:
        raise PeppolParticipantInvalidError(address.scheme, problem)
    return address


def _sender_facts(sender: PeppolSender) -> dict[str, str | None]:
    return {
        "account": sender.account,
        "scheme": sender.scheme,
        "identifier": sender.identifier,
    }


def _participant_facts(known: PeppolParticipant) -> dict[str, str | None]:
    return {
        "scheme": known.scheme,
        "identifier": known.identifier,
        "buyer_reference": known.buyer_reference,
    }
