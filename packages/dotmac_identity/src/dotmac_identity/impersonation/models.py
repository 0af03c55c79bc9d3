"""Impersonations as stored, in the tenant whose user was impersonated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_foreign_key, tenant_index
from dotmac_identity.mapped_base import IdentityBase


class Impersonation(TenantOwned, IdentityBase):
    """Somebody of the operator acted as a user, for a reason, until `expires_at` at the latest.

    The operator's user is of another tenant, so nothing refers to it but its id and name.
    """

    __tablename__ = "impersonations"
    __table_args__ = (tenant_foreign_key("user_id", "identity.users"), tenant_index("user_id"))

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    operator_id: Mapped[UUID] = mapped_column(sa.Uuid())
    operator_tenant_id: Mapped[UUID] = mapped_column(sa.Uuid())
    operator_name: Mapped[str] = mapped_column(sa.Text())
    reason: Mapped[str] = mapped_column(sa.Text())
    started_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(sa.Text())

    def is_running(self, now: datetime) -> bool:
        """Whether the operator still acts as the user at `now`."""
        return self.ended_at is None and self.expires_at > now

    def end(self, by: str, now: datetime) -> None:
        """End it early, as `by`."""
        self.ended_at, self.ended_by = now, by
