"""Which customer of the operator is which tenant of the installation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_unique
from dotmac_identity.mapped_base import IdentityBase


class ClientTenant(TenantOwned, IdentityBase):
    """A tenant (`client_id`) and who it is among the customers of the operator, whose row it is."""

    __tablename__ = "client_tenants"
    __table_args__ = (tenant_unique("client_id"), tenant_unique("customer_id"))

    client_id: Mapped[UUID] = mapped_column(sa.Uuid())
    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    created_at: Mapped[datetime] = mapped_column(Instant)
