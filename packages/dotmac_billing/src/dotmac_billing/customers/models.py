"""The payer as billing knows it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.settings.due import DueRule
from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class Customer(TenantOwned, BillingBase):
    """Who pays. Its `id` is that of the customer's profile, where there is one.

    `parent_id` is the customer who pays for this one; that one gets a single invoice for all of
    them when it wants to `consolidate`. Who is not active was put out of use by an
    embedding program.
    """

    __tablename__ = "customers"
    __table_args__ = (
        tenant_unique("code"),
        tenant_index("email", name="ix_customers_tenant_id_email"),
        tenant_index("name", "id", name="ix_customers_tenant_id_name_id"),
        tenant_foreign_key("parent_id", "billing.customers", name="fk_customers_parent"),
        tenant_index("parent_id", name="ix_customers_children", where="parent_id IS NOT NULL"),
    )

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    company_name: Mapped[str | None] = mapped_column(sa.Text())
    email: Mapped[str | None] = mapped_column(sa.Text())
    phone: Mapped[str | None] = mapped_column(sa.Text())
    currency: Mapped[str] = mapped_column(sa.String(3))
    time_zone: Mapped[str] = mapped_column(sa.Text())
    country: Mapped[str | None] = mapped_column(sa.String(2))
    payment_terms_days: Mapped[int | None] = mapped_column(sa.Integer())
    street: Mapped[str | None] = mapped_column(sa.Text())
    postal_code: Mapped[str | None] = mapped_column(sa.Text())
    city: Mapped[str | None] = mapped_column(sa.Text())
    region: Mapped[str | None] = mapped_column(sa.Text())
    tax_id: Mapped[str | None] = mapped_column(sa.Text())
    tax_id_valid_on: Mapped[date | None] = mapped_column(sa.Date())
    is_business: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    due_rule: Mapped[DueRule | None] = mapped_column(enum_type(DueRule))
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
    parent_id: Mapped[UUID | None]
    consolidate: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    has_payment_method: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    is_active: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.true())
