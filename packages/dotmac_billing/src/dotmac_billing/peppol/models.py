"""Who is where in the Peppol network, and what was sent there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.peppol.errors import PeppolUnderWayError
from dotmac_billing.peppol.states import (
    EVIDENCE_WITHIN,
    MOST_ATTEMPTS,
    DeliveryStatus,
    SentKind,
    pause_after,
)
from dotmac_billing.peppol.submission import Accepted, Evidence
from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_core_ops.errors import DomainError, UnavailableError

_ANSWER_LOST = (
    "The access point took it, but its answer was lost, and with it the name by which to ask. Look "
    "for the number there before it is sent again."
)
_NO_EVIDENCE = (
    f"Within {EVIDENCE_WITHIN.days} days no receiver has confirmed it; ask the access point why."
)


class PeppolSender(TenantOwned, BillingBase):
    """The tenant in the network; there is one at most, and without it nothing is sent.

    `account` is what the access point calls the tenant. Without scheme and identifier its address
    is told from its VAT number.
    """

    __tablename__ = "peppol_senders"
    __table_args__ = (sa.UniqueConstraint("tenant_id"),)

    account: Mapped[str] = mapped_column(sa.Text())
    scheme: Mapped[str | None] = mapped_column(sa.String(4))
    identifier: Mapped[str | None] = mapped_column(sa.Text())
    updated_at: Mapped[datetime] = mapped_column(Instant)


class PeppolParticipant(TenantOwned, BillingBase):
    """A customer in the network, and the reference that it wants to read on its documents."""

    __tablename__ = "peppol_participants"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("customer_id"),
    )

    customer_id: Mapped[UUID]
    scheme: Mapped[str] = mapped_column(sa.String(4))
    identifier: Mapped[str] = mapped_column(sa.Text())
    buyer_reference: Mapped[str | None] = mapped_column(sa.Text())
    updated_at: Mapped[datetime] = mapped_column(Instant)


class PeppolDelivery(TenantOwned, BillingBase):
    """A document on its way; there is one delivery of a document, however often it is sent.

    `sending` counts from 1 how often it was sent by hand or by itself, `attempts` how often the
    access point was asked since the last change of status. At `next_at` it is asked again.
    """

    __tablename__ = "peppol_deliveries"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("document_id"),
        tenant_index(
            "next_at", name="ix_peppol_deliveries_due", where="status IN ('queued', 'sent')"
        ),
        tenant_index("customer_id", "id", name="ix_peppol_deliveries_customer"),
    )

    document_id: Mapped[UUID]
    kind: Mapped[SentKind] = mapped_column(enum_type(SentKind))
    number: Mapped[str] = mapped_column(sa.Text())
    customer_id: Mapped[UUID]
    status: Mapped[DeliveryStatus] = mapped_column(enum_type(DeliveryStatus))
    sending: Mapped[int] = mapped_column(sa.Integer())
    attempts: Mapped[int] = mapped_column(sa.Integer())
    next_at: Mapped[datetime] = mapped_column(Instant)
    submission_id: Mapped[str | None] = mapped_column(sa.Text())
    transmission_id: Mapped[str | None] = mapped_column(sa.Text())
    reason_code: Mapped[str | None] = mapped_column(sa.Text())
    reason: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def key(self) -> UUID:
        """Under which the access point takes this sending once."""
        return uuid5(self.id, str(self.sending))

    def begin(self, now: datetime) -> None:
        """The access point is about to be asked. Whoever dies meanwhile leaves the next time."""
        self.attempts += 1
        self.next_at = now + pause_after(self.attempts)

    def accept(self, accepted: Accepted, now: datetime) -> None:
        """The access point has taken it."""
        self.status = DeliveryStatus.SENT
        self.submission_id = accepted.submission_id
        self.attempts, self.sent_at = 0, now
        self.next_at = now + pause_after(1)
        self.reason_code = self.reason = None
        if accepted.submission_id is None:
            self.reason_code, self.reason = "ANSWER_LOST", _ANSWER_LOST

    def confirm(self, evidence: Evidence, now: datetime) -> None:
        """The receiver's access point has it."""
        self.status = DeliveryStatus.DELIVERED
        self.transmission_id = evidence.transmission_id
        self.settled_at = now
        self.reason_code = self.reason = None

    def wait(self, now: datetime) -> None:
        """There is no evidence yet; after three days there will be none."""
        if self.sent_at is not None and now - self.sent_at >= EVIDENCE_WITHIN:
            lost = self.submission_id is None
            self.fail("NO_EVIDENCE", _ANSWER_LOST if lost else _NO_EVIDENCE, now)

    def refuse(self, refusal: DomainError, now: datetime) -> None:
        """It was refused for good, or the access point did not answer: that is tried again.

        What was sent is asked about until its time is over, whatever was answered in between.
        """
        self.reason_code, self.reason = refusal.code, refusal.message
        if self.status is DeliveryStatus.SENT:
            self.wait(now)
        elif not isinstance(refusal, UnavailableError) or self.attempts >= MOST_ATTEMPTS:
            self.fail(refusal.code, refusal.message, now)

    def fail(self, code: str, reason: str, now: datetime) -> None:
        """It comes to nothing, until somebody sends it again."""
        self.status = DeliveryStatus.FAILED
        self.reason_code, self.reason = code, reason
        self.settled_at = now

    def send_again(self, now: datetime) -> None:
        """Let it be sent with the next round of the job.

        Raises:
            PeppolUnderWayError: the access point has it, or its receiver.
        """
        if self.status in {DeliveryStatus.SENT, DeliveryStatus.DELIVERED}:
            raise PeppolUnderWayError(self.number, self.status.value)
        if self.status is DeliveryStatus.FAILED:
            self.sending += 1  # a new key: the access point may have taken the last one
        self.status = DeliveryStatus.QUEUED
        self.attempts, self.next_at = 0, now
        self.submission_id = self.sent_at = self.settled_at = None
        self.reason_code = self.reason = None
