"""What was granted to a tenant, and how much of each limit is used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, tenant_unique
from dotmac_identity.entitlements.granted import Override
from dotmac_identity.mapped_base import IdentityBase


class PlanGrant(TenantOwned, IdentityBase):
    """The features of the plan that the tenant has from the operator. At most one row each.

    `customer_id` is the tenant as a customer of the operator; None during a trial.
    """

    __tablename__ = "plan_grants"
    __table_args__ = (tenant_unique(), sa.CheckConstraint("id = tenant_id", name="own"))

    plan: Mapped[str] = mapped_column(sa.Text())
    features: Mapped[dict[str, Any]] = mapped_column(Json)
    customer_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    granted_at: Mapped[datetime] = mapped_column(Instant)


class EntitlementOverride(TenantOwned, IdentityBase):
    """What the operator has agreed with this tenant beyond its plan."""

    __tablename__ = "entitlement_overrides"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    value: Mapped[Any] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(sa.Text())
    ends_on: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(sa.Text())

    def override(self) -> Override:
        """The same for decisions."""
        return Override(self.name, self.value, self.reason, self.ends_on)


class LimitUse(TenantOwned, IdentityBase):
    """How many of something there are, counted in the transactions that make and remove them."""

    __tablename__ = "limit_uses"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    used: Mapped[int] = mapped_column(sa.BigInteger())
