"""What is said about a customer that is opened for billing, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BillingAddress:
    """Where a payer's invoices go from now on; `country` is an ISO 3166-1 code."""

    street: str
    city: str
    country: str
    postal_code: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class OpenCustomer:
    """A payer to be. `id` is that of the profile, or None for a new one.

    `currency`, `time_zone` and `country` None mean the tenant's; `payment_terms_days` None means
    the tenant's at the time of each invoice. `region` is what follows the hyphen in ISO 3166-2. A
    `tax_id` counts as good once its form and check digits were found right, which is done here.
    """

    code: str
    name: str
    id: UUID | None = None
    company_name: str | None = None
    email: str | None = None
    phone: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    country: str | None = None
    payment_terms_days: int | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    tax_id: str | None = None
    is_business: bool = False


@dataclass(frozen=True)
class CustomersOpened:
    """How many are new, how many codes were known, and every row's customer by its code."""

    opened: int
    skipped: int
    ids: dict[str, UUID] = field(repr=False)
