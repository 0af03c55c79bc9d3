"""What is still to be earned of invoice lines, and every step of earning it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.settings.recognition import Recognition
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class SliceKind(Enum):
    """Why a schedule moved: time went by, a credit note took it back, the invoice became void."""

    RECOGNISED = "recognised"
    CREDITED = "credited"
    VOIDED = "voided"


class RecognitionSchedule(TenantOwned, BillingBase):
    """How the net amount of one invoice line becomes revenue over `[starts_on, ends_on)`.

    Below zero for a line that takes something back. `recognised` is revenue by now, up to and
    including `recognised_on`; `taken_back` is no revenue any more and never will be; the rest is
    deferred. `planned` is what was deferred when the plan was last made: it is spread over
    `[planned_from, ends_on)`.
    """

    __tablename__ = "recognition_schedules"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_line_id"),
        tenant_index("invoice_id", name="ix_recognition_schedules_invoice"),
        tenant_index(
            "planned_from",
            name="ix_recognition_schedules_open",
            where="amount <> recognised + taken_back",
        ),
        # Every month changes most rows; free space keeps the new row on its page.
        {"postgresql_with": {"fillfactor": 80}},
    )

    invoice_line_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    basis: Mapped[Recognition] = mapped_column(enum_type(Recognition))
    issued_on: Mapped[date] = mapped_column(sa.Date())
    starts_on: Mapped[date] = mapped_column(sa.Date())
    ends_on: Mapped[date] = mapped_column(sa.Date())
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    recognised: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))
    taken_back: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))
    planned: Mapped[Decimal] = mapped_column(MoneyAmount)
    planned_from: Mapped[date] = mapped_column(sa.Date())
    recognised_on: Mapped[date | None] = mapped_column(sa.Date())


class RecognitionSlice(TenantOwned, BillingBase):
    """A step of a schedule, with the source of the entry it is part of; append-only.

    `recognised` is added to revenue (taken off below zero); `taken_back` will never be revenue.
    """

    __tablename__ = "recognition_slices"
    __table_args__ = (
        tenant_foreign_key("schedule_id", "billing.recognition_schedules"),
        tenant_index("schedule_id", name="ix_recognition_slices_schedule"),
        tenant_index("source_id", name="ix_recognition_slices_source"),
    )

    schedule_id: Mapped[UUID]
    kind: Mapped[SliceKind] = mapped_column(enum_type(SliceKind))
    source_id: Mapped[UUID]
    occurred_on: Mapped[date] = mapped_column(sa.Date())
    recognised: Mapped[Decimal] = mapped_column(MoneyAmount)
    taken_back: Mapped[Decimal] = mapped_column(MoneyAmount)
    created_at: Mapped[datetime] = mapped_column(Instant)
