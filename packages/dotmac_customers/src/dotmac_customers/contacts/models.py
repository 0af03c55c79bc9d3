"""Contacts and contact methods as stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)
from dotmac_customers.contacts.people import MethodKind
from dotmac_customers.mapped_base import CustomersBase


class Contact(TenantOwned, CustomersBase):
    """A person to turn to at a customer, and what for.

    `can_authorize_changes`: what this person asks for is done.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "id", name="ix_contacts_customer"),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    given_name: Mapped[str] = mapped_column(sa.Text())
    family_name: Mapped[str] = mapped_column(sa.Text())
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    department: Mapped[str | None] = mapped_column(sa.Text())
    position: Mapped[str | None] = mapped_column(sa.Text())
    can_authorize_changes: Mapped[bool] = mapped_column(sa.Boolean())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class ContactMethod(TenantOwned, CustomersBase):
    """A way to reach a customer, or with `contact_id` one of its contacts.

    Of each kind, each of them has one that is primary. `verified_at` is when somebody showed that
    it is theirs; another value has to be verified anew.
    """

    __tablename__ = "contact_methods"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_foreign_key("contact_id", "customers.contacts"),
        sa.UniqueConstraint(
            *("tenant_id", "customer_id", "contact_id", "kind", "value"),
            name="uq_contact_methods_value",
            postgresql_nulls_not_distinct=True,
        ),
        sa.Index(
            "uq_contact_methods_primary",
            *("tenant_id", "customer_id", "contact_id", "kind"),
            unique=True,
            postgresql_where=sa.text("is_primary"),
            postgresql_nulls_not_distinct=True,
        ),
        tenant_index("contact_id", name="ix_contact_methods_contact"),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    contact_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    kind: Mapped[MethodKind] = mapped_column(enum_type(MethodKind))
    value: Mapped[str] = mapped_column(sa.Text())
    label: Mapped[str | None] = mapped_column(sa.Text())
    is_primary: Mapped[bool] = mapped_column(sa.Boolean())
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
