"""What customers want to hear, what they agreed to, and what was decided about each message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_customers.communication.consents.record import ConsentDecision, ConsentMethod
from dotmac_customers.communication.notices.decision import NoticeOutcome, NoticeReason
from dotmac_customers.communication.suppression.bounce import SuppressionReason
from dotmac_customers.communication.topics import ContactChannel, Topic
from dotmac_customers.mapped_base import CustomersBase

_CUSTOMER = "customers.customers"


class Preference(TenantOwned, CustomersBase):
    """That a customer wants, or does not want, a topic on a channel; without a row, the default."""

    __tablename__ = "communication_preferences"
    __table_args__ = (
        tenant_foreign_key("customer_id", _CUSTOMER),
        tenant_unique("customer_id", "channel", "topic", name="uq_communication_preferences"),
    )

    customer_id: Mapped[UUID]
    channel: Mapped[ContactChannel] = mapped_column(enum_type(ContactChannel))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    is_enabled: Mapped[bool] = mapped_column(sa.Boolean())
    changed_at: Mapped[datetime] = mapped_column(Instant)


class QuietHoursRow(TenantOwned, CustomersBase):
    """When a customer is not to be disturbed: minutes of the day on the wall."""

    __tablename__ = "quiet_hours"
    __table_args__ = (
        tenant_foreign_key("customer_id", _CUSTOMER),
        tenant_unique("customer_id"),
    )

    customer_id: Mapped[UUID]
    starts_minute: Mapped[int] = mapped_column(sa.SmallInteger())
    ends_minute: Mapped[int] = mapped_column(sa.SmallInteger())
    # None: the customer's, else the tenant's.
    time_zone: Mapped[str | None] = mapped_column(sa.Text())


class Consent(TenantOwned, CustomersBase):
    """That a customer agreed, or no longer does: kept as it was said, for ever."""

    __tablename__ = "consents"
    __table_args__ = (
        tenant_foreign_key("customer_id", _CUSTOMER),
        tenant_index("customer_id", "topic", "channel", "id", name="ix_consents_latest"),
    )

    customer_id: Mapped[UUID]
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    channel: Mapped[ContactChannel] = mapped_column(enum_type(ContactChannel))
    decision: Mapped[ConsentDecision] = mapped_column(enum_type(ConsentDecision))
    method: Mapped[ConsentMethod] = mapped_column(enum_type(ConsentMethod))
    text_version: Mapped[str | None] = mapped_column(sa.Text())
    wording: Mapped[str | None] = mapped_column(sa.Text())
    source_address: Mapped[str | None] = mapped_column(sa.Text())
    note: Mapped[str] = mapped_column(sa.Text())
    recorded_by: Mapped[str] = mapped_column(sa.Text())
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class SuppressedAddress(TenantOwned, CustomersBase):
    """An address that is not written to any more, whoever has it.

    Of somebody who was forgotten there is the digest alone (see `suppression.digest`).
    """

    __tablename__ = "suppressed_addresses"
    __table_args__ = (
        tenant_unique("channel", "address"),
        tenant_unique("channel", "digest"),
        sa.CheckConstraint("(address IS NULL) <> (digest IS NULL)", name="address_or_digest"),
    )

    channel: Mapped[ContactChannel] = mapped_column(enum_type(ContactChannel))
    address: Mapped[str | None] = mapped_column(sa.Text())
    digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    reason: Mapped[SuppressionReason] = mapped_column(enum_type(SuppressionReason))
    detail: Mapped[str] = mapped_column(sa.Text())
    message_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class NoticeRow(TenantOwned, CustomersBase):
    """What was decided about a message to a customer, and why."""

    __tablename__ = "notices"
    __table_args__ = (
        tenant_foreign_key("customer_id", _CUSTOMER),
        tenant_index("customer_id", "id", name="ix_notices_customer"),
    )

    customer_id: Mapped[UUID]
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    channel: Mapped[ContactChannel] = mapped_column(enum_type(ContactChannel))
    subject: Mapped[str] = mapped_column(sa.Text())
    outcome: Mapped[NoticeOutcome] = mapped_column(enum_type(NoticeOutcome))
    reason: Mapped[NoticeReason | None] = mapped_column(enum_type(NoticeReason))
    message_id: Mapped[UUID | None]
    send_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class UnsubscribeKey(TenantOwned, CustomersBase):
    """The key that signs the tenant's unsubscribe links, made with the first of them.

    Not SECRET_KEY: links in old mail must work on after that was changed.
    """

    __tablename__ = "unsubscribe_keys"
    __table_args__ = (sa.UniqueConstraint("tenant_id", name="uq_unsubscribe_keys_tenant_id"),)

    key: Mapped[bytes] = mapped_column(sa.LargeBinary())
    created_at: Mapped[datetime] = mapped_column(Instant)
