"""HTTP shapes of tax law."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.schemas import Code, Name, RateFraction
from dotmac_billing.customers.schemas import PostalCode, RegionCode
from dotmac_billing.settings.schemas import CountryCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.tax.rules import RuleBuyer, Scheme, Supply
from dotmac_billing.tax.withholding import Basis
from dotmac_billing.tax_law.written import NewRule
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

TaxText = Annotated[str, Field(min_length=1, max_length=200)]
VatCategory = Annotated[
    Literal["S", "Z", "E", "AE", "K", "G", "O", "L", "M"],
    Field(description="UNTDID 5305 as in EN 16931."),
]
Until = Annotated[Day | None, Field(description="First day on which it does not hold.")]


class SpanIn(RequestModel):
    """From a day on, up to, not including, another."""

    valid_from: Day
    valid_until: Until = None


class TaxRuleIn(SpanIn):
    """One tax in a place. What is left out is any: any region, any product, any buyer.

    Of the rules of one `slot` the most exact counts; a rule without one has its tax code for it.
    Rules of several slots add up in the order of `position`.
    """

    country: CountryCode
    tax_code: Annotated[Code, Field(examples=["VAT"])]
    rate: RateFraction
    name: Name | None = None
    region: RegionCode | None = None
    postal_prefix: PostalCode | None = None
    city: TaxText | None = None
    product_category: Code | None = None
    buyer: RuleBuyer = RuleBuyer.ANY
    supply: Supply = Supply.ANY
    slot: Code | None = None
    is_compound: bool = False
    position: Annotated[int, Field(ge=0, le=100)] = 0
    category: VatCategory = "S"
    jurisdiction: TaxText | None = None
    exemption_reason: TaxText | None = None
    exemption_code: Code | None = None

    def new_rule(self) -> NewRule:
        """As tax law takes it."""
        return NewRule(**dict(self))


class TaxRuleOut(ResponseModel):
    """A rule; `valid_until` is the first day on which it does not hold."""

    id: UUID
    country: str
    region: str | None
    postal_prefix: str | None
    city: str | None
    product_category: str | None
    buyer: RuleBuyer
    supply: Supply
    slot: str
    tax_code: str
    name: str
    rate: JsonMoney
    is_compound: bool
    position: int
    category: str
    jurisdiction: str | None
    exemption_reason: str | None
    exemption_code: str | None
    valid_from: date
    valid_until: date | None
    created_at: datetime


class TaxRegistrationIn(SpanIn):
    """Where the tenant collects tax: in all of a country, or in a region of it."""

    country: CountryCode
    region: RegionCode | None = None
    scheme: Scheme = Scheme.DOMESTIC
    number: Annotated[str, Field(min_length=2, max_length=40)] | None = None


class TaxRegistrationOut(ResponseModel):
    """A registration; `valid_until` is the first day on which it does not hold."""

    id: UUID
    country: str
    region: str | None
    scheme: Scheme
    number: str | None
    valid_from: date
    valid_until: date | None
    created_at: datetime


class TaxCategoryIn(RequestModel):
    """Products that are taxed alike. Components and lines name it as their tax code."""

    code: Annotated[Code, Field(examples=["electronic-services"])]
    name: Annotated[Name, Field(examples=["Electronic services"])]
    is_goods: bool = False
    external_code: Annotated[
        str | None, Field(max_length=64, description="What a tax service calls it.")
    ] = None


class TaxCategoryOut(ResponseModel):
    """A category of products."""

    id: UUID
    code: str
    name: str
    is_goods: bool
    external_code: str | None
    created_at: datetime


class TaxExemptionIn(SpanIn):
    """A certificate. Without `country` it holds everywhere, without `tax_code` for every tax."""

    customer_id: UUID
    certificate: TaxText
    reason: Annotated[TaxText, Field(examples=["Charity"])]
    reason_code: Annotated[Code | None, Field(examples=["VATEX-EU-132-1L"])] = None
    country: CountryCode | None = None
    region: RegionCode | None = None
    tax_code: Code | None = None
    document_reference: TaxText | None = None


class TaxExemptionOut(ResponseModel):
    """A certificate; `valid_until` is the first day on which it does not hold."""

    id: UUID
    customer_id: UUID
    certificate: str
    reason: str
    reason_code: str | None
    country: str | None
    region: str | None
    tax_code: str | None
    document_reference: str | None
    valid_from: date
    valid_until: date | None
    created_at: datetime


class TaxWithholdingIn(SpanIn):
    """What customers keep back. Without `customer_id` all of them, without a category of all."""

    name: Annotated[Name, Field(examples=["TDS 194J"])]
    rate: RateFraction
    basis: Basis = Basis.NET
    customer_id: UUID | None = None
    product_category: Code | None = None


class TaxWithholdingOut(ResponseModel):
    """What is kept back; `valid_until` is the first day on which it does not hold."""

    id: UUID
    name: str
    rate: JsonMoney
    basis: Basis
    customer_id: UUID | None
    product_category: str | None
    valid_from: date
    valid_until: date | None
    created_at: datetime


class TaxEndIn(RequestModel):
    """The first day on which it does not hold any more."""

    on: Day


def columns(body: RequestModel) -> dict[str, Any]:
    """A body by column."""
    return dict(body)
