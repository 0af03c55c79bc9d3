"""Requests of data subjects as stored, and which change of state is legal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)
from dotmac_customers.data_requests.deadlines import DataRequestKind, DataRequestState
from dotmac_customers.data_requests.errors import (
    DataRequestStateError,
    IdentityNotConfirmedError,
)
from dotmac_customers.mapped_base import CustomersBase

_OPEN = {DataRequestState.RECEIVED, DataRequestState.CONFIRMED}

OPEN_STATES = frozenset({*_OPEN, DataRequestState.WORKING})
"""Of those that wait for an answer."""


class DataRequest(TenantOwned, CustomersBase):
    """A person's request, whom it is about and by when it must be answered.

    Nothing in it names the person: it outlives their erasure, as proof that it was done.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "id"),
        tenant_index(
            "due_on",
            name="ix_data_requests_open",
            where="state IN ('received', 'confirmed', 'working')",
        ),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    kind: Mapped[DataRequestKind] = mapped_column(enum_type(DataRequestKind))
    state: Mapped[DataRequestState] = mapped_column(enum_type(DataRequestState))
    received_on: Mapped[date] = mapped_column(sa.Date())
    due_on: Mapped[date] = mapped_column(sa.Date())
    reminded_days: Mapped[int | None] = mapped_column(sa.SmallInteger())
    confirmed_by: Mapped[str | None] = mapped_column(sa.Text())
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    file_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    file_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN_STATES

    def confirm(self, by: str, now: datetime) -> None:
        """Note that the request comes from the person it is about.

        Raises:
            DataRequestStateError: that was done, or it is answered.
        """
        if self.state is not DataRequestState.RECEIVED:
            raise DataRequestStateError(self.state)
        self.state, self.confirmed_by, self.confirmed_at = DataRequestState.CONFIRMED, by, now

    def begin(self) -> None:
        """Begin to fulfil it.

        Raises:
            IdentityNotConfirmedError: nobody made sure who asks.
            DataRequestStateError: it was begun or answered.
        """
        if self.state is DataRequestState.RECEIVED:
            raise IdentityNotConfirmedError
        if self.state is not DataRequestState.CONFIRMED:
            raise DataRequestStateError(self.state)
        self.state = DataRequestState.WORKING

    def refuse(self, now: datetime) -> None:
        """Answer that it is not fulfilled.

        Raises:
            DataRequestStateError: it was begun or answered.
        """
        if self.state not in _OPEN:
            raise DataRequestStateError(self.state)
        self.state, self.closed_at = DataRequestState.REFUSED, now


class DataRequestStep(TenantOwned, CustomersBase):
    """Something that was done about a request; append-only, and without anything personal."""

    __tablename__ = "data_request_steps"
    __table_args__ = (
        tenant_foreign_key("request_id", "customers.data_requests"),
        tenant_index("request_id", "id"),
    )

    request_id: Mapped[UUID] = mapped_column(sa.Uuid())
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(sa.Text())
    action: Mapped[str] = mapped_column(sa.String(40))
    details: Mapped[dict[str, Any]] = mapped_column(Json)
