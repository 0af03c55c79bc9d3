"""Since when and why a tenant is in its state, the history of that, and its exports."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, enum_type, tenant_index, tenant_unique
from dotmac_core_ops.tenant_state import TenantState
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.tenant_life.errors import IllegalTenantMoveError, UnfitMoveReasonError
from dotmac_identity.tenant_life.moves import LEGAL_MOVES, Due, MoveReason, due_after


class TenantLife(TenantOwned, IdentityBase):
    """Why a tenant is in the state that the list of tenants has, and its days. One row each."""

    __tablename__ = "tenant_lives"
    __table_args__ = (tenant_unique(), sa.CheckConstraint("id = tenant_id", name="own"))

    reason: Mapped[MoveReason | None] = mapped_column(enum_type(MoveReason))
    note: Mapped[str] = mapped_column(sa.Text())
    since: Mapped[datetime] = mapped_column(Instant)
    trial_ends_on: Mapped[date | None] = mapped_column(sa.Date())
    access_ends_on: Mapped[date | None] = mapped_column(sa.Date())
    erasable_on: Mapped[date | None] = mapped_column(sa.Date())

    @property
    def due(self) -> Due:
        """The days that run."""
        return Due(self.trial_ends_on, self.access_ends_on, self.erasable_on)

    def wait_for(self, due: Due) -> None:
        """Let these days run and no others."""
        self.trial_ends_on = due.trial_ends_on
        self.access_ends_on = due.access_ends_on
        self.erasable_on = due.erasable_on

    def move(
        self, start: TenantState, end: TenantState, reason: MoveReason, note: str, now: datetime
    ) -> None:
        """Note that the tenant came from `start` into `end`, and which days begin to run.

        Raises:
            IllegalTenantMoveError: it does not follow.
            UnfitMoveReasonError: the reason makes no sense for it.
        """
        reasons = LEGAL_MOVES.get((start, end))
        if reasons is None:
            legal = [to for of, to in LEGAL_MOVES if of is start]
            raise IllegalTenantMoveError(start, end, legal)
        if reason not in reasons:
            raise UnfitMoveReasonError(reason, reasons)
        self.reason, self.note, self.since = reason, note, now
        self.wait_for(due_after(end, now.date()))


class TenantMove(TenantOwned, IdentityBase):
    """That a tenant came into another state: append-only."""

    __tablename__ = "tenant_moves"
    __table_args__ = (tenant_index("at", "id"),)

    at: Mapped[datetime] = mapped_column(Instant)
    start: Mapped[TenantState | None] = mapped_column("from_state", enum_type(TenantState))
    end: Mapped[TenantState] = mapped_column("to_state", enum_type(TenantState))
    reason: Mapped[MoveReason | None] = mapped_column(enum_type(MoveReason))
    note: Mapped[str] = mapped_column(sa.Text())
    actor: Mapped[str] = mapped_column(sa.Text())
