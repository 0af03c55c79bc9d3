"""HTTP shapes of the settings."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from stdnum import iban
from stdnum.exceptions import ValidationError

from dotmac_billing.settings.due import DueRule
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.number_checking import NumberCheck, WhenUnavailable
from dotmac_billing.settings.number_format import NumbersReset
from dotmac_billing.settings.proration import ProrationUnit
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_core_ops.http import RequestModel, ResponseModel

CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217", examples=["EUR"])]
CountryCode = Annotated[
    str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2", examples=["DE"])
]
TimeZoneName = Annotated[
    str, Field(min_length=1, max_length=64, description="IANA zone", examples=["Europe/Berlin"])
]
TermsDays = Annotated[
    int, Field(ge=0, le=365, description="Days from issue to due date.", examples=[14])
]
NumberFormat = Annotated[
    str,
    Field(
        max_length=60,
        description="{seq} or {seq:05d}, and {year}, {yy}, {month} of the day of issue.",
        examples=["INV-{year}-{seq:05d}"],
    ),
]
DraftDays = Annotated[
    int,
    Field(ge=0, le=60, description="Days a bill stays a draft before it is issued.", examples=[3]),
]
SellerText = Annotated[str, Field(min_length=1, max_length=200)]


def _iban(text: str) -> str:
    """Without spaces, its check digits right (ISO 13616)."""
    try:
        return str(iban.validate(text))
    except ValidationError as error:
        raise ValueError("Not an IBAN: its form or its check digits are wrong.") from error


Iban = Annotated[
    str, Field(max_length=42, examples=["DE89 3704 0044 0532 0130 00"]), AfterValidator(_iban)
]


class SettingsOut(ResponseModel):
    """How the tenant bills.

    `due_rule` says what `payment_terms_days` count from. `numbers_reset` yearly begins each series
    of numbers with 1 in January.
    """

    currency: str
    time_zone: str
    country: str | None
    payment_terms_days: int
    due_rule: DueRule
    due_moves_to_business_day: bool
    invoice_number_format: str
    credit_note_number_format: str
    debit_note_number_format: str
    numbers_reset: NumbersReset
    seller_name: str | None
    seller_street: str | None
    seller_postal_code: str | None
    seller_city: str | None
    seller_region: str | None
    seller_tax_id: str | None
    seller_registration: str | None
    seller_email: str | None
    seller_phone: str | None
    seller_iban: str | None
    seller_bic: str | None
    tax_rounding: TaxRounding
    tax_calculator: TaxCalculatorName
    proration: ProrationUnit
    draft_days: int
    tax_number_check: NumberCheck
    tax_number_unavailable: WhenUnavailable
    einvoicing: EInvoicing
    recognition: Recognition
    books_closed_on: date | None
    version: int


class SettingsIn(RequestModel):
    """New values; what is left out stays. Issued invoices are never touched."""

    currency: CurrencyCode | None = None
    time_zone: TimeZoneName | None = None
    country: CountryCode | None = None
    payment_terms_days: TermsDays | None = None
    due_rule: DueRule | None = None
    due_moves_to_business_day: bool | None = None
    invoice_number_format: NumberFormat | None = None
    credit_note_number_format: NumberFormat | None = None
    debit_note_number_format: NumberFormat | None = None
    numbers_reset: NumbersReset | None = None
    seller_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    seller_street: SellerText | None = None
    seller_postal_code: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    seller_city: SellerText | None = None
    seller_region: Annotated[str, Field(pattern="^[A-Z0-9]{1,3}$", examples=["QC"])] | None = None
    seller_tax_id: Annotated[str, Field(min_length=2, max_length=40)] | None = None
    seller_registration: SellerText | None = None
    seller_email: Annotated[str, Field(min_length=3, max_length=320)] | None = None
    seller_phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    seller_iban: Iban | None = None
    seller_bic: (
        Annotated[str, Field(pattern="^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$", examples=["DEUTDEFF"])]
        | None
    ) = None
    proration: ProrationUnit | None = None
    draft_days: DraftDays | None = None
    tax_rounding: TaxRounding | None = None
    tax_calculator: TaxCalculatorName | None = None
    tax_number_check: NumberCheck | None = None
    tax_number_unavailable: WhenUnavailable | None = None
    einvoicing: EInvoicing | None = None
    recognition: Recognition | None = None
