"""HTTP shapes of working out tax."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from dotmac_billing.catalog.schemas import Code
from dotmac_billing.customers.schemas import PostalCode, RegionCode, TaxIdText
from dotmac_billing.settings.schemas import CountryCode, CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.tax.sums import TaxRounding
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

MOST_LINES = 200
HIGHEST = Decimal(10) ** 12
SignedAmount = Annotated[
    JsonMoney, Field(ge=-HIGHEST, le=HIGHEST, decimal_places=4, examples=[49.90])
]


class TaxAddressIn(RequestModel):
    """Where a buyer is whom billing need not know. A number with right check digits is good."""

    country: CountryCode
    region: RegionCode | None = None
    postal_code: PostalCode | None = None
    city: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    is_business: bool = False
    tax_id: TaxIdText | None = None


class CalculateLineIn(RequestModel):
    """An amount and what it is for: a tax's code or a category of products."""

    amount: SignedAmount
    tax_code: Code | None = None
    includes_tax: bool = False


class CalculateTaxIn(RequestModel):
    """A document to be, for a customer or for an address. Without `on` today."""

    customer_id: UUID | None = None
    address: TaxAddressIn | None = None
    currency: CurrencyCode | None = None
    on: Day | None = None
    lines: Annotated[list[CalculateLineIn], Field(min_length=1, max_length=MOST_LINES)]

    @model_validator(mode="after")
    def _names_one_buyer(self) -> CalculateTaxIn:
        if (self.customer_id is None) == (self.address is None):
            raise ValueError("Give either customer_id or address.")
        return self


class CalculatedLineOut(ResponseModel):
    """A line as the invoice would have it."""

    net: JsonMoney
    tax: JsonMoney
    tax_code: str | None
    tax_rate: JsonMoney | None


class CalculatedTaxOut(ResponseModel):
    """One tax on all lines of one treatment; `rate` is a fraction."""

    treatment: str
    code: str
    name: str
    rate: JsonMoney
    category: str
    jurisdiction: str | None
    exemption_reason: str | None
    exemption_code: str | None
    net: JsonMoney
    tax: JsonMoney


class WithheldOut(ResponseModel):
    """What the customer keeps back of the total for its tax office."""

    name: str
    rate: JsonMoney
    base: JsonMoney
    amount: JsonMoney


class CalculationOut(ResponseModel):
    """What would be charged. `expected` is the total less what is withheld."""

    currency: str
    on: Day
    rounding: TaxRounding
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    expected: JsonMoney
    lines: list[CalculatedLineOut]
    taxes: list[CalculatedTaxOut]
    withheld: list[WithheldOut]
