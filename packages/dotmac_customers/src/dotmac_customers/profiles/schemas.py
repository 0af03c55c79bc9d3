"""HTTP shapes of customers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.profiles.profile import CustomerKind, Level, NewCustomer, PostalAddress
from dotmac_customers.profiles.states import CustomerState, Reason

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Ann Berg"])]
Number = Annotated[str, Field(min_length=1, max_length=64, examples=["C-000123"])]
Email = Annotated[str, Field(max_length=254, examples=["ann@example.com"])]
Phone = Annotated[str, Field(max_length=64, examples=["+46 8 123 456"])]
Tag = Annotated[str, Field(min_length=1, max_length=63, examples=["fibre"])]
Tags = Annotated[list[Tag], Field(max_length=50, examples=[["fibre", "vip"]])]
ExternalId = Annotated[str, Field(max_length=200, examples=["crm-4711"])]
Notes = Annotated[str, Field(max_length=10_000, examples=["Call before noon."])]
TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Stockholm"])]
Currency = Annotated[str, Field(min_length=3, max_length=3, examples=["SEK"])]
Line = Annotated[str, Field(max_length=200)]


GivenName = Annotated[str, Field(max_length=200, examples=["Ann"])]
FamilyName = Annotated[str, Field(max_length=200, examples=["Berg"])]
CompanyName = Annotated[str, Field(max_length=200, examples=["Berg Konsult AB"])]
TaxId = Annotated[str, Field(max_length=64, examples=["SE556012579001"])]
RegistrationNumber = Annotated[str, Field(max_length=64, examples=["556012-5790"])]
Language = Annotated[str, Field(max_length=12, examples=["sv"], description="BCP 47.")]
CustomFields = Annotated[
    dict[str, Any],
    Field(max_length=100, description="Values of the tenant's own fields, by their keys."),
]
Note = Annotated[str, Field(max_length=1000, examples=["Called on Monday."])]


class AddressIn(RequestModel):
    """Where post goes."""

    line1: Line = Field(min_length=1, examples=["Sveavägen 1"])
    line2: Line | None = None
    postal_code: Annotated[str, Field(max_length=64)] | None = Field(None, examples=["111 57"])
    city: Line = Field(min_length=1, examples=["Stockholm"])
    region: Line | None = None
    country: str = Field(min_length=2, max_length=2, examples=["SE"])

    def address(self) -> PostalAddress:
        """The same for the service."""
        return PostalAddress(**self.model_dump())


class CustomerIn(RequestModel):
    """A customer to be made. Without a number, the next one is drawn.

    Without a name it is called after its company, or by its given and family name.
    """

    name: Annotated[str, Field(max_length=200, examples=["Ann Berg"])] = ""
    number: Number | None = None
    kind: CustomerKind = CustomerKind.RESIDENTIAL
    email: Email | None = None
    phone: Phone | None = None
    state: CustomerState = CustomerState.ACTIVE
    state_reason: Reason | None = None
    tags: Tags = []
    external_id: ExternalId | None = None
    notes: Notes = ""
    currency: Currency | None = Field(None, description="Billed in; without one, the tenant's.")
    time_zone: TimeZone | None = Field(None, description="Without one, the tenant's.")
    address: AddressIn | None = None
    given_name: GivenName | None = None
    family_name: FamilyName | None = None
    company_name: CompanyName | None = None
    tax_id: TaxId | None = None
    registration_number: RegistrationNumber | None = None
    language: Language | None = None
    parent_id: UUID | None = Field(None, description="The customer below which it stands.")
    level: Level | None = Field(None, description="Below a parent, a sub-account without one.")
    custom_fields: CustomFields = {}

    def customer(self) -> NewCustomer:
        """The same for the service."""
        values = self.model_dump(exclude={"address", "tags"})
        address = None if self.address is None else self.address.address()
        return NewCustomer(**values, tags=tuple(self.tags), address=address)


class CustomersIn(RequestModel):
    """Customers to be made at once: all of them, or none."""

    customers: list[CustomerIn] = Field(min_length=1, max_length=1000)


class CustomerChangeIn(RequestModel):
    """What shall be different. What is left out stays; null clears what may be missing."""

    name: Name | None = None
    kind: CustomerKind | None = None
    email: Email | None = None
    phone: Phone | None = None
    tags: Tags | None = None
    external_id: ExternalId | None = None
    notes: Notes | None = None
    time_zone: TimeZone | None = None
    address: AddressIn | None = None
    given_name: GivenName | None = None
    family_name: FamilyName | None = None
    company_name: CompanyName | None = None
    tax_id: TaxId | None = None
    registration_number: RegistrationNumber | None = None
    language: Language | None = None
    custom_fields: CustomFields | None = Field(
        None, description="Fields that are left out stay; null clears one."
    )

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if self.address is not None:
            given["address"] = self.address.address()
        return given


class MoveIn(RequestModel):
    """Another state, and why."""

    state: CustomerState = Field(examples=["suspended"])
    reason: Reason = Field(examples=["non_payment"])
    note: Note | None = None


class AddressOut(ResponseModel):
    """Where post goes."""

    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str | None
    country: str


class CustomerSummaryOut(ResponseModel):
    """A customer as lists show one."""

    id: UUID
    number: str
    name: str
    kind: CustomerKind
    email: str | None
    phone: str | None
    state: CustomerState
    state_reason: Reason | None
    tags: list[str]
    external_id: str | None
    level: Level
    parent_id: UUID | None
    assignee_id: UUID | None = Field(description="The user who looks after the customer.")
    merged_into_id: UUID | None = Field(
        description="Set where the customer is part of another now: go on with that one."
    )
    version: int
    created_at: datetime
    updated_at: datetime


class CustomerOut(CustomerSummaryOut):
    """All that is known of a customer."""

    notes: str
    currency: str | None
    time_zone: str | None
    address: AddressOut | None
    given_name: str | None
    family_name: str | None
    company_name: str | None
    tax_id: str | None
    registration_number: str | None
    language: str | None
    custom_fields: dict[str, Any]
    activated_at: datetime | None = Field(description="When it became active for the first time.")
    churned_at: datetime | None = Field(description="When it left last.")
    erased_at: datetime | None = Field(description="When the person was forgotten.")


class CreatedCustomerOut(ResponseModel):
    """What a new customer was given."""

    id: UUID
    number: str = Field(examples=["C-000123"])
