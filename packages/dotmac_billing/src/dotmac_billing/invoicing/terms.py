"""What invoices of a tenant are issued by, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dotmac_billing.invoicing.numbers import NumberTerms
from dotmac_billing.settings.due import DueTerms
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.settings.tax_rounding import TaxRounding


@dataclass(frozen=True)
class IssueTerms:
    """What is the same for all invoices of a tenant; read once for a whole run."""

    accounts: Mapping[str, UUID]
    numbers: NumberTerms
    currency: str
    time_zone: str
    due: DueTerms
    tax_rounding: TaxRounding
    seller_version: int
    draft_days: int
    einvoicing: EInvoicing = EInvoicing.OFF
    recognition: Recognition = Recognition.AT_INVOICE
    closed_on: date | None = None
    tax_calculator: TaxCalculatorName = TaxCalculatorName.OWN


@dataclass(frozen=True)
class Issued:
    """Invoices that were issued together: how many, and the first and last number."""

    count: int
    first: str
    last: str
