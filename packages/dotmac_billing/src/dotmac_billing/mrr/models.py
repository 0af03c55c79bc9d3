"""The log of changes of monthly recurring revenue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.mrr.movements import MovementKind
from dotmac_core_ops.database import (
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)


class MrrMovement(TenantOwned, BillingBase):
    """A signed change of a customer's monthly recurring revenue on a day, which may lie ahead.

    The revenue at the end of a day is the sum of all movements with `occurred_on` up to that day.
    """

    __tablename__ = "mrr_movements"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_index("customer_id", name="ix_mrr_movements_tenant_id_customer_id"),
        tenant_index("occurred_on", name="ix_mrr_movements_tenant_id_occurred_on"),
    )

    customer_id: Mapped[UUID]
    subscription_id: Mapped[UUID]
    occurred_on: Mapped[date] = mapped_column(sa.Date())
    kind: Mapped[MovementKind] = mapped_column(enum_type(MovementKind))
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    currency: Mapped[str] = mapped_column(sa.String(3))
