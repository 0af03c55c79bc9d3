"""HTTP shapes of billing's customers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from dotmac_billing.settings.due import DueRule
from dotmac_billing.settings.schemas import CountryCode, TermsDays, TimeZoneName
from dotmac_core_ops.http import RequestModel, ResponseModel

Line = Annotated[str, Field(min_length=1, max_length=200)]
RegionCode = Annotated[
    str,
    Field(
        pattern="^[A-Z0-9]{1,3}$",
        description="What follows the hyphen in ISO 3166-2.",
        examples=["QC"],
    ),
]
EmailText = Annotated[str, Field(min_length=3, max_length=320, examples=["ada@example.com"])]
TaxIdText = Annotated[str, Field(min_length=2, max_length=40, examples=["DE136695976"])]
PostalCode = Annotated[str, Field(min_length=1, max_length=20, examples=["10115"])]


class BillingCustomerOut(ResponseModel):
    """A payer. `payment_terms_days` and `due_rule` null mean the tenant's.

    `tax_id_valid_on` is the day on which the tax number was last found good.
    """

    id: UUID
    code: str
    name: str
    company_name: str | None
    email: str | None
    phone: str | None
    currency: str
    time_zone: str
    country: str | None
    payment_terms_days: int | None
    due_rule: DueRule | None
    street: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    tax_id: str | None
    tax_id_valid_on: date | None
    is_business: bool
    created_at: datetime
    version: int


class BillingCustomerIn(RequestModel):
    """New values; what is left out stays, null takes an optional value away.

    Issued invoices keep what they say. A tax number counts as good when its form and check digits
    are right, or, where the settings ask for it, once the register has said so.
    """

    name: Line = ""
    company_name: Line | None = None
    email: (
        Annotated[str, Field(min_length=3, max_length=320, examples=["ada@example.com"])] | None
    ) = None
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    time_zone: TimeZoneName = ""
    country: CountryCode | None = None
    payment_terms_days: TermsDays | None = None
    due_rule: DueRule | None = None
    street: Line | None = None
    postal_code: PostalCode | None = None
    city: Line | None = None
    region: RegionCode | None = None
    tax_id: Annotated[str, Field(min_length=2, max_length=40, examples=["DE136695976"])] | None = (
        None
    )
    is_business: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> BillingCustomerIn:
        if not self.model_fields_set:
            raise ValueError("Name at least one value to change.")
        return self

    def new_values(self) -> dict[str, Any]:
        """What was sent, by column."""
        return self.model_dump(exclude_unset=True)
