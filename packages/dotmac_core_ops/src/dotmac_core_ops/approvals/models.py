"""Approvals and the limits above which they are needed, as stored."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.approvals.actions import ApprovalState, Deed
from dotmac_core_ops.approvals.errors import (
    ApprovalNotOpenError,
    ApprovalUnfitError,
    OwnApprovalError,
)
from dotmac_core_ops.database import Instant, TenantOwned, enum_type, tenant_index, tenant_unique
from dotmac_core_ops.tenants import CoreBase

_MONEY = sa.Numeric(19, 4)


class Approval(TenantOwned, CoreBase):
    """A request that somebody else agrees to a deed, and what became of it.

    `requested_by` is who asked, as the audit log names them, and `requester` the person behind
    that. It is good for one use by the requester, until `expires_at`.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        tenant_index("state", "id"),
        tenant_index("target_type", "target_id"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("decided_by <> requester", name="second_person"),
    )

    action: Mapped[str] = mapped_column(sa.Text())
    target_type: Mapped[str] = mapped_column(sa.Text())
    target_id: Mapped[str] = mapped_column(sa.Text())
    amount: Mapped[Decimal] = mapped_column(_MONEY)
    currency: Mapped[str] = mapped_column(sa.String(3))
    reason: Mapped[str] = mapped_column(sa.Text())
    state: Mapped[ApprovalState] = mapped_column(enum_type(ApprovalState))
    requested_by: Mapped[str] = mapped_column(sa.Text())
    requester: Mapped[str] = mapped_column(sa.Text())
    requested_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(sa.Text())
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_note: Mapped[str | None] = mapped_column(sa.Text())
    used_by: Mapped[str | None] = mapped_column(sa.Text())
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    def decide(self, end: ApprovalState, by: str, note: str | None, now: datetime) -> None:
        """Agree to it or reject it, as the person `by`.

        Raises:
            OwnApprovalError: `by` asked for it.
            ApprovalNotOpenError: it was decided before, or has expired.
        """
        if by == self.requester:
            raise OwnApprovalError
        self._require(ApprovalState.PENDING, now)
        self.state, self.decided_by, self.decided_at, self.decision_note = end, by, now, note

    def use(self, deed: Deed, *, by: str, person: str, now: datetime) -> None:
        """Use it up for `deed`, as the person who asked for it.

        Raises:
            ApprovalUnfitError: it is for something else, or for somebody else.
            ApprovalNotOpenError: it was used, rejected, not decided, or has expired.
        """
        wanted = {
            "action": deed.action,
            "target_type": deed.target[0],
            "target_id": str(deed.target[1]),
            "amount": deed.amount,
            "currency": deed.currency,
            "requester": person,
        }
        differs = [name for name, value in wanted.items() if getattr(self, name) != value]
        if differs:
            raise ApprovalUnfitError(self.id, differs)
        self._require(ApprovalState.APPROVED, now)
        self.state, self.used_by, self.used_at = ApprovalState.USED, by, now

    def is_lost(self, now: datetime) -> bool:
        """Whether its time is up and it was neither used nor rejected."""
        is_open = self.state in {ApprovalState.PENDING, ApprovalState.APPROVED}
        return is_open and self.expires_at <= now

    def _require(self, state: ApprovalState, now: datetime) -> None:
        if self.state is not state:
            raise ApprovalNotOpenError(self.id, self.state.value)
        if self.expires_at <= now:
            raise ApprovalNotOpenError(self.id, "expired")


class ApprovalLimit(TenantOwned, CoreBase):
    """Up to and including `amount` the action needs nobody's agreement."""

    __tablename__ = "approval_limits"
    __table_args__ = (
        tenant_unique("action", "currency"),
        sa.CheckConstraint("amount >= 0", name="amount"),
    )

    action: Mapped[str] = mapped_column(sa.Text())
    currency: Mapped[str] = mapped_column(sa.String(3))
    amount: Mapped[Decimal] = mapped_column(_MONEY)
    set_by: Mapped[str] = mapped_column(sa.Text())
    set_at: Mapped[datetime] = mapped_column(Instant)
