"""A customer as other modules see one, and as one is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dotmac_customers.profiles.states import CustomerState, Reason

POSTAL = "postal"
"""The kind of the one address that a customer has for now."""


class CustomerKind(StrEnum):
    """A person, or a company."""

    RESIDENTIAL = "residential"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where post for a customer goes; `country` is an ISO 3166-1 code."""

    line1: str
    city: str
    country: str
    line2: str | None = None
    region: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to be made.

    Without `number` the next one is drawn. `external_id` is what another system calls the customer.
    `currency` and `time_zone` are for billing; None means the tenant's. A customer who comes from
    another system may come in any `state`.
    """

    name: str
    number: str | None = None
    kind: CustomerKind = CustomerKind.RESIDENTIAL
    email: str | None = None
    phone: str | None = None
    state: CustomerState = CustomerState.ACTIVE
    state_reason: Reason | None = None
    tags: tuple[str, ...] = ()
    external_id: str | None = None
    notes: str = ""
    currency: str | None = None
    time_zone: str | None = None
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True)
class CreatedCustomer:
    """The identifier and the number that a new customer was given."""

    id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """All that is known of a customer; `version` counts changes."""

    id: UUID
    number: str
    name: str
    kind: CustomerKind
    email: str | None
    phone: str | None
    state: CustomerState
    state_reason: Reason | None
    tags: tuple[str, ...]
    external_id: str | None
    notes: str
    currency: str | None
    time_zone: str | None
    address: PostalAddress | None
    version: int
    created_at: datetime
    updated_at: datetime
