"""Tax law as a tenant writes it down, and what is known of its buyers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.tax.checked import CheckOutcome, CheckSource
from dotmac_billing.tax.rules import RuleBuyer, Scheme, Supply
from dotmac_billing.tax.withholding import Basis
from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class TaxRegistration(TenantOwned, BillingBase):
    """Where the tenant collects tax, `valid_until` being the first day it does not any more."""

    __tablename__ = "tax_registrations"

    country: Mapped[str] = mapped_column(sa.String(2))
    region: Mapped[str | None] = mapped_column(sa.Text())
    scheme: Mapped[Scheme] = mapped_column(enum_type(Scheme))
    number: Mapped[str | None] = mapped_column(sa.Text())
    valid_from: Mapped[date] = mapped_column(sa.Date())
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)


class TaxCategory(TenantOwned, BillingBase):
    """A kind of product that is taxed alike; `external_code` is what a tax service calls it."""

    __tablename__ = "tax_categories"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    is_goods: Mapped[bool] = mapped_column(sa.Boolean())
    external_code: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)


class TaxRule(TenantOwned, BillingBase):
    """One tax in one place for one kind of product; see `rules.Rule`."""

    __tablename__ = "tax_rules"
    __table_args__ = (
        tenant_index("country", "region", "postal_prefix", name="ix_tax_rules_place"),
    )

    country: Mapped[str] = mapped_column(sa.String(2))
    region: Mapped[str | None] = mapped_column(sa.Text())
    postal_prefix: Mapped[str | None] = mapped_column(sa.Text())
    city: Mapped[str | None] = mapped_column(sa.Text())
    product_category: Mapped[str | None] = mapped_column(sa.Text())
    buyer: Mapped[RuleBuyer] = mapped_column(enum_type(RuleBuyer))
    supply: Mapped[Supply] = mapped_column(enum_type(Supply))
    slot: Mapped[str] = mapped_column(sa.Text())
    tax_code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    is_compound: Mapped[bool] = mapped_column(sa.Boolean())
    position: Mapped[int] = mapped_column(sa.Integer())
    category: Mapped[str] = mapped_column(sa.String(40))
    jurisdiction: Mapped[str | None] = mapped_column(sa.Text())
    exemption_reason: Mapped[str | None] = mapped_column(sa.Text())
    exemption_code: Mapped[str | None] = mapped_column(sa.Text())
    valid_from: Mapped[date] = mapped_column(sa.Date())
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)


class TaxExemption(TenantOwned, BillingBase):
    """A certificate of a customer; see `buyer.Exemption`."""

    __tablename__ = "tax_exemptions"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_index("customer_id", name="ix_tax_exemptions_customer"),
    )

    customer_id: Mapped[UUID]
    country: Mapped[str | None] = mapped_column(sa.String(2))
    region: Mapped[str | None] = mapped_column(sa.Text())
    tax_code: Mapped[str | None] = mapped_column(sa.Text())
    certificate: Mapped[str] = mapped_column(sa.Text())
    reason: Mapped[str] = mapped_column(sa.Text())
    reason_code: Mapped[str | None] = mapped_column(sa.Text())
    document_reference: Mapped[str | None] = mapped_column(sa.Text())
    valid_from: Mapped[date] = mapped_column(sa.Date())
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)


class TaxWithholding(TenantOwned, BillingBase):
    """What buyers must keep back for their tax office; see `withholding.Withholding`."""

    __tablename__ = "tax_withholdings"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_index("customer_id", name="ix_tax_withholdings_customer"),
    )

    customer_id: Mapped[UUID | None]
    product_category: Mapped[str | None] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    basis: Mapped[Basis] = mapped_column(enum_type(Basis))
    valid_from: Mapped[date] = mapped_column(sa.Date())
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)


class TaxNumberCheck(TenantOwned, BillingBase):
    """What a look at a tax number found: proof that reverse charge was applied in good faith."""

    __tablename__ = "tax_number_checks"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_index("customer_id", name="ix_tax_number_checks_customer"),
    )

    customer_id: Mapped[UUID | None]
    country: Mapped[str] = mapped_column(sa.String(2))
    number: Mapped[str] = mapped_column(sa.Text())
    source: Mapped[CheckSource] = mapped_column(enum_type(CheckSource))
    outcome: Mapped[CheckOutcome] = mapped_column(enum_type(CheckOutcome))
    name: Mapped[str | None] = mapped_column(sa.Text())
    address: Mapped[str | None] = mapped_column(sa.Text())
    request_id: Mapped[str | None] = mapped_column(sa.Text())
    checked_at: Mapped[datetime] = mapped_column(Instant)
