"""HTTP shapes of contacts and contact methods."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.contacts.models import ContactMethod
from dotmac_customers.contacts.people import ContactRole, MethodKind, NewContact, NewMethod
from dotmac_customers.contacts.reaching import international, shown_value
from dotmac_customers.contacts.service import Reachable

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Ann"])]
Text = Annotated[str, Field(max_length=200)]
Value = Annotated[str, Field(min_length=1, max_length=200, examples=["070-123 45 67"])]
Roles = Annotated[list[ContactRole], Field(max_length=6, examples=[["billing", "technical"]])]


class MethodIn(RequestModel):
    """A way to reach somebody."""

    kind: MethodKind = Field(examples=["mobile"])
    value: Value
    label: Text | None = Field(None, examples=["At work"])
    is_primary: bool = Field(False, description="The first of a kind is, in any case.")

    def method(self) -> NewMethod:
        """The same for the service."""
        return NewMethod(self.kind, self.value, self.label, self.is_primary)


class ContactMethodIn(MethodIn):
    """A way to reach the customer, or with `contact_id` one of its contacts."""

    contact_id: UUID | None = None


class ContactMethodChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    value: Value = ""
    label: Text | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ContactIn(RequestModel):
    """A person to turn to at a customer."""

    given_name: Name
    family_name: Name = Field(examples=["Berg"])
    roles: Roles = []
    department: Text | None = Field(None, examples=["Purchasing"])
    position: Text | None = Field(None, examples=["Head of purchasing"])
    can_authorize_changes: bool = Field(False, description="What this person asks for is done.")
    is_active: bool = True
    methods: list[MethodIn] = Field([], max_length=50)

    def contact(self) -> NewContact:
        """The same for the service."""
        values = self.model_dump(exclude={"roles", "methods"})
        methods = tuple(method.method() for method in self.methods)
        return NewContact(**values, roles=tuple(self.roles), methods=methods)


class ContactChangeIn(RequestModel):
    """What shall be different. What is left out stays; null clears what may be missing."""

    given_name: Name = ""
    family_name: Name = ""
    roles: Roles = []
    department: Text | None = None
    position: Text | None = None
    can_authorize_changes: bool = False
    is_active: bool = True

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ContactMethodOut(ResponseModel):
    """A way to reach somebody."""

    id: UUID
    contact_id: UUID | None = Field(description="None for a way to reach the customer itself.")
    kind: MethodKind
    value: str = Field(description="Numbers as E.164.", examples=["+46701234567"])
    shown: str = Field(
        description="As people of the customer's country read it.", examples=["070-123 45 67"]
    )
    international: str | None = Field(examples=["+46 70 123 45 67"])
    label: str | None
    is_primary: bool
    verified_at: datetime | None
    version: int

    @classmethod
    def of(cls, method: ContactMethod, country: str) -> ContactMethodOut:
        """The method as it is shown to somebody in `country`."""
        names = cls.model_fields.keys() - {"shown", "international"}
        return cls(
            **{name: getattr(method, name) for name in names},
            shown=shown_value(method.kind, method.value, country),
            international=international(method.kind, method.value),
        )


class ContactOut(ResponseModel):
    """A person to turn to at a customer."""

    id: UUID
    given_name: str
    family_name: str
    roles: list[ContactRole]
    department: str | None
    position: str | None
    can_authorize_changes: bool
    is_active: bool
    methods: list[ContactMethodOut]
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: Reachable) -> ContactOut:
        """The contact as it is shown."""
        names = cls.model_fields.keys() - {"methods"}
        methods = [ContactMethodOut.of(method, found.country) for method in found.methods]
        return cls(**{name: getattr(found.contact, name) for name in names}, methods=methods)
