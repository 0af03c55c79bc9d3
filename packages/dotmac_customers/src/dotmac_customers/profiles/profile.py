"""A customer as other modules see one, and as one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from dotmac_customers.profiles.states import CustomerState, Reason

POSTAL = "mailing"
"""The kind of address whose primary one the profile shows."""


class CustomerKind(StrEnum):
    """What a customer is: a person, or which sort of organisation."""

    RESIDENTIAL = "residential"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"
    NON_PROFIT = "non_profit"


_OTHER_NAMES_OF_KINDS = {
    "individual": CustomerKind.RESIDENTIAL,
    "person": CustomerKind.RESIDENTIAL,
    "small_business": CustomerKind.BUSINESS,
    "company": CustomerKind.BUSINESS,
    "educational": CustomerKind.NON_PROFIT,
    "nonprofit": CustomerKind.NON_PROFIT,
}


def kind_named(name: str) -> CustomerKind | None:
    """The kind that other systems call `name`: `individual` is residential, and so on.

    Case, spaces and hyphens do not count; None for a name that nobody uses.
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    known = {kind.value: kind for kind in CustomerKind} | _OTHER_NAMES_OF_KINDS
    return known.get(plain)


class Level(StrEnum):
    """Where in a tree of customers one stands; what may stand below what is in `placement.py`."""

    ACCOUNT = "account"
    SUB_ACCOUNT = "sub_account"
    SITE = "site"


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
    another system may come in any `state`. `language` is a BCP 47 tag such as `sv` or `pt-BR`.
    With a `parent_id` it stands below that customer, as a sub-account unless `level` says site.
    Without a `name` it is called after its company, or by its given and family name.
    """

    name: str = ""
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
    given_name: str | None = None
    family_name: str | None = None
    company_name: str | None = None
    tax_id: str | None = None
    registration_number: str | None = None
    language: str | None = None
    level: Level | None = None
    parent_id: UUID | None = None
    assignee_id: UUID | None = None
    custom_fields: Mapping[str, Any] = field(default_factory=dict)


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
    given_name: str | None = None
    family_name: str | None = None
    company_name: str | None = None
    tax_id: str | None = None
    registration_number: str | None = None
    language: str | None = None
    level: Level = Level.ACCOUNT
    parent_id: UUID | None = None
    assignee_id: UUID | None = None
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    merged_into_id: UUID | None = None
    activated_at: datetime | None = None
    churned_at: datetime | None = None
    erased_at: datetime | None = None
