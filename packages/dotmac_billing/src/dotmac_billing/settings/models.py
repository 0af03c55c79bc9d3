"""How a tenant bills: one row for each tenant."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.settings import number_format
from dotmac_billing.settings.due import DueRule
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.number_checking import NumberCheck, WhenUnavailable
from dotmac_billing.settings.number_format import NumbersReset
from dotmac_billing.settings.proration import ProrationUnit
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_core_ops.database import TenantOwned, enum_type


class BillingSettings(TenantOwned, BillingBase):
    """What holds for a tenant's customers and invoices unless one of them says otherwise.

    `draft_days` is how long a bill stays a draft: that many days after its moment it is issued, and
    until then usage and waiting lines still come onto it.
    """

    __tablename__ = "settings"
    __table_args__ = (sa.UniqueConstraint("tenant_id"),)

    currency: Mapped[str] = mapped_column(sa.String(3))
    time_zone: Mapped[str] = mapped_column(sa.Text())
    country: Mapped[str | None] = mapped_column(sa.String(2))
    payment_terms_days: Mapped[int] = mapped_column(sa.Integer())
    invoice_number_format: Mapped[str] = mapped_column(sa.Text())
    credit_note_number_format: Mapped[str] = mapped_column(
        sa.Text(), server_default=number_format.CREDIT_NOTE_DEFAULT
    )
    debit_note_number_format: Mapped[str] = mapped_column(
        sa.Text(), server_default=number_format.DEBIT_NOTE_DEFAULT
    )
    numbers_reset: Mapped[NumbersReset] = mapped_column(
        enum_type(NumbersReset), server_default=NumbersReset.NEVER.value
    )
    due_rule: Mapped[DueRule] = mapped_column(enum_type(DueRule), server_default=DueRule.NET.value)
    due_moves_to_business_day: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    seller_name: Mapped[str | None] = mapped_column(sa.Text())
    seller_street: Mapped[str | None] = mapped_column(sa.Text())
    seller_postal_code: Mapped[str | None] = mapped_column(sa.Text())
    seller_city: Mapped[str | None] = mapped_column(sa.Text())
    seller_region: Mapped[str | None] = mapped_column(sa.Text())
    seller_tax_id: Mapped[str | None] = mapped_column(sa.Text())
    seller_registration: Mapped[str | None] = mapped_column(sa.Text())
    seller_email: Mapped[str | None] = mapped_column(sa.Text())
    seller_phone: Mapped[str | None] = mapped_column(sa.Text())
    seller_iban: Mapped[str | None] = mapped_column(sa.Text())
    seller_bic: Mapped[str | None] = mapped_column(sa.Text())
    tax_rounding: Mapped[TaxRounding] = mapped_column(
        enum_type(TaxRounding), server_default=TaxRounding.GROUP.value
    )
    tax_calculator: Mapped[TaxCalculatorName] = mapped_column(
        enum_type(TaxCalculatorName), server_default=TaxCalculatorName.OWN.value
    )
    tax_number_check: Mapped[NumberCheck] = mapped_column(
        enum_type(NumberCheck), server_default=NumberCheck.OFFLINE.value
    )
    tax_number_unavailable: Mapped[WhenUnavailable] = mapped_column(
        enum_type(WhenUnavailable), server_default=WhenUnavailable.KEEP.value
    )
    einvoicing: Mapped[EInvoicing] = mapped_column(
        enum_type(EInvoicing), server_default=EInvoicing.OFF.value
    )
    draft_days: Mapped[int] = mapped_column(sa.Integer(), server_default=sa.text("0"))
    version: Mapped[int] = mapped_column(sa.Integer())
    proration: Mapped[ProrationUnit] = mapped_column(
        enum_type(ProrationUnit), server_default=ProrationUnit.DAY.value
    )
    recognition: Mapped[Recognition] = mapped_column(
        enum_type(Recognition), server_default=Recognition.AT_INVOICE.value
    )
    books_closed_on: Mapped[date | None] = mapped_column(sa.Date())
