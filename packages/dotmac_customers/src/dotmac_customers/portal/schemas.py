"""HTTP shapes of the portal, and of who may use it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.profiles.profile import CustomerKind
from dotmac_customers.profiles.schemas import AddressIn, AddressOut, Email, Phone, TimeZone

PortalPermissions = Annotated[
    list[Annotated[str, Field(max_length=63)]],
    Field(
        min_length=1,
        max_length=50,
        description="Which parts they see; each begins with `portal:`.",
        examples=[["portal:profile", "portal:billing"]],
    ),
]


class PortalInvitationIn(RequestModel):
    """Somebody who shall sign in for the customer."""

    email: str = Field(min_length=3, max_length=254, examples=["ann@example.com"])
    name: str = Field(min_length=1, max_length=200, examples=["Ann Berg"])
    permissions: PortalPermissions
    locale: str | None = Field(
        None,
        min_length=2,
        max_length=12,
        description="Without one, the organisation's language.",
        examples=["de"],
    )


class PortalPermissionsIn(RequestModel):
    """All parts that somebody shall see."""

    permissions: PortalPermissions


class PortalInvitationOut(ResponseModel):
    """Somebody was asked to sign in for the customer; the link is only in the message."""

    id: UUID
    email: str
    name: str
    permissions: list[str] = Field(validation_alias="portal_permissions")
    state: str = Field(examples=["pending"])
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    user_id: UUID | None = Field(description="The account it has become.")


class PortalAccountOut(ResponseModel):
    """Somebody who signs in for the customer."""

    id: UUID
    email: str
    name: str
    is_active: bool
    permissions: list[str] = Field(validation_alias="portal_permissions")
    created_at: datetime
    last_sign_in_at: datetime | None


class OwnProfileOut(ResponseModel):
    """What the tenant knows of the customer, as the customer sees it: no notes, no tags."""

    id: UUID
    number: str
    name: str
    kind: CustomerKind
    email: str | None
    phone: str | None
    currency: str | None
    time_zone: str | None
    address: AddressOut | None
    version: int


class OwnProfileIn(RequestModel):
    """What the customer may change. What is left out stays; null clears what may be missing."""

    email: Email | None = None
    phone: Phone | None = None
    time_zone: TimeZone | None = None
    address: AddressIn | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given, for the service."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if self.address is not None:
            given["address"] = self.address.address()
        return given
