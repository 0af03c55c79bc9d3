"""Handing documents to the access point, and asking it what became of them.

No transaction is open while it is asked. Whoever dies in between asks again under the same key,
which the access point takes once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.service import DocumentService
from dotmac_billing.peppol.access_points import access_point
from dotmac_billing.peppol.announcing import announced
from dotmac_billing.peppol.errors import PeppolNotAddressedError, PeppolSenderUnknownError
from dotmac_billing.peppol.models import PeppolDelivery, PeppolParticipant, PeppolSender
from dotmac_billing.peppol.participant import Participant
from dotmac_billing.peppol.repository import PeppolRepository
from dotmac_billing.peppol.states import DeliveryStatus, SentKind
from dotmac_billing.peppol.submission import Accepted, Evidence, Submission
from dotmac_billing.protocols import AccessPoint, Transactions
from dotmac_core_events import EventPublisher
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.errors import DomainError

AT_ONCE = 8
"""How many documents are with the access point at a time."""


@dataclass(frozen=True)
class _Question:
    """What the access point is asked about a delivery.

    That is to take a document or, once it has, for evidence. What cannot even be asked has its
    refusal already.
    """

    delivery_id: UUID
    sending: int
    status: DeliveryStatus
    submission: Submission | None = None
    submission_id: str | None = None
    refusal: DomainError | None = None


_Answer = Accepted | Evidence | DomainError | None


async def deliver_due(database: Transactions, tenant_id: UUID) -> int:
    """Send what is due, and ask about what was sent; how many deliveries that were, eight at most.

    Raises:
        AccessPointNotConfiguredError: this installation has no access point.
    """
    async with aclosing(access_point()) as point:
        questions = await database.run(tenant_id, _begun)
        answers = await asyncio.gather(*(_asked(point, question) for question in questions))
    if questions:
        answered = list(zip(questions, answers, strict=True))
        await database.run(tenant_id, lambda session: _concluded(session, answered))
    return len(questions)


async def _begun(session: AsyncSession) -> list[_Question]:
    """Take what is due, and make the documents of what is to be sent."""
    repository = PeppolRepository(session)
    now = clock_of(session).now()
    due = await repository.due(now, AT_ONCE)
    sender = await repository.sender()
    participants = await repository.participants({one.customer_id for one in due})
    questions = []
    for delivery in due:
        delivery.begin(now)
        if delivery.status is DeliveryStatus.SENT:
            questions.append(
                _Question(
                    delivery.id,
                    delivery.sending,
                    delivery.status,
                    submission_id=delivery.submission_id,
                )
            )
        else:
            receiver = participants.get(delivery.customer_id)
            questions.append(await _to_send(session, delivery, sender, receiver))
    return questions


async def _to_send(
    session: AsyncSession,
    delivery: PeppolDelivery,
    sender: PeppolSender | None,
    receiver: PeppolParticipant | None,
) -> _Question:
    submission, refusal = None, None
    try:
        submission = await _submission(session, delivery, sender, receiver)
    except DomainError as error:
        refusal = error
    return _Question(
        delivery.id, delivery.sending, delivery.status, submission=submission, refusal=refusal
    )


async def _submission(
    session: AsyncSession,
    delivery: PeppolDelivery,
    sender: PeppolSender | None,
    receiver: PeppolParticipant | None,
) -> Submission:
    if sender is None:
        raise PeppolSenderUnknownError
    if receiver is None:
        raise PeppolNotAddressedError
    documents = DocumentService(session)
    if delivery.kind is SentKind.CREDIT_NOTE:
        made = await documents.credit_note(delivery.document_id, Form.PEPPOL)
    else:
        made = await documents.invoice(delivery.document_id, Form.PEPPOL)
    return Submission(
        delivery.key,
        sender.account,
        Participant(receiver.scheme, receiver.identifier),
        made.content,
    )


async def _asked(point: AccessPoint, question: _Question) -> _Answer:
    if question.refusal is not None:
        return question.refusal
    try:
        if question.submission is not None:
            return await point.submit(question.submission)
        if question.submission_id is None:
            return None  # its name there was lost with an answer: nobody can be asked
        return await point.evidence(question.submission_id)
    except DomainError as refusal:
        return refusal


async def _concluded(session: AsyncSession, answered: Sequence[tuple[_Question, _Answer]]) -> None:
    """Let the answers hold, but for deliveries that somebody has changed meanwhile."""
    now = clock_of(session).now()
    held = await PeppolRepository(session).held([question.delivery_id for question, _ in answered])
    facts = []
    for question, answer in answered:
        delivery = held[question.delivery_id]
        if delivery.sending != question.sending:
            continue
        # What the access point has taken is on its way, whatever was decided here meanwhile.
        if delivery.status is not question.status and not isinstance(answer, Accepted):
            continue
        _conclude(delivery, answer, now)
        fact = announced(delivery)
        if delivery.status is not question.status and fact is not None:
            facts.append(fact)
    await EventPublisher(session).publish_many(facts)


def _conclude(delivery: PeppolDelivery, answer: _Answer, now: datetime) -> None:
    if isinstance(answer, Accepted):
        delivery.accept(answer, now)
    elif isinstance(answer, Evidence):
        delivery.confirm(answer, now)
    elif isinstance(answer, DomainError):
        delivery.refuse(answer, now)
    else:
        delivery.wait(now)
