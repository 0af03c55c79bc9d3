"""Customers as stored, and which change of state is legal."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.profiles.errors import (
    CustomerErasedError,
    CustomerMergedError,
    IllegalMoveError,
    UnfitReasonError,
)
from dotmac_customers.profiles.profile import (
    CustomerKind,
    CustomerProfile,
    Level,
    PostalAddress,
)
from dotmac_customers.profiles.rows import FIELDS_OF_ADDRESS
from dotmac_customers.profiles.states import LEGAL_MOVES, CustomerState, Reason

FoldedText = sa.Text(collation="C")
"""Folded text, compared by code point: the order is the same on every server."""


class Customer(TenantOwned, CustomersBase):
    """Somebody whom the tenant serves, did serve, or would like to."""

    __tablename__ = "customers"
    __table_args__ = (
        tenant_unique("number"),
        tenant_unique("external_id"),
        tenant_index("sort_name", "id"),
        # Most customers are active: those who are not are the ones that are looked for.
        tenant_index("state", name="ix_customers_not_active", where="state <> 'active'"),
        tenant_index("kind", "id", name="ix_customers_other_kinds", where="kind <> 'residential'"),
        tenant_foreign_key("parent_id", "customers.customers"),
        tenant_foreign_key("merged_into_id", "customers.customers"),
        tenant_index("parent_id", "id", name="ix_customers_parent", where="parent_id IS NOT NULL"),
        tenant_index(
            "assignee_id", "id", name="ix_customers_assignee", where="assignee_id IS NOT NULL"
        ),
        tenant_index(
            "merged_into_id", name="ix_customers_merged", where="merged_into_id IS NOT NULL"
        ),
    )

    number: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    sort_name: Mapped[str] = mapped_column(FoldedText)
    kind: Mapped[CustomerKind] = mapped_column(enum_type(CustomerKind))
    email: Mapped[str | None] = mapped_column(sa.Text())
    phone: Mapped[str | None] = mapped_column(sa.Text())
    state: Mapped[CustomerState] = mapped_column(enum_type(CustomerState))
    state_reason: Mapped[Reason | None] = mapped_column(enum_type(Reason))
    tags: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    external_id: Mapped[str | None] = mapped_column(sa.Text())
    notes: Mapped[str] = mapped_column(sa.Text())
    currency: Mapped[str | None] = mapped_column(sa.String(3))
    time_zone: Mapped[str | None] = mapped_column(sa.Text())
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    given_name: Mapped[str | None] = mapped_column(sa.Text())
    family_name: Mapped[str | None] = mapped_column(sa.Text())
    company_name: Mapped[str | None] = mapped_column(sa.Text())
    tax_id: Mapped[str | None] = mapped_column(sa.Text())
    registration_number: Mapped[str | None] = mapped_column(sa.Text())
    language: Mapped[str | None] = mapped_column(sa.Text())
    level: Mapped[Level] = mapped_column(enum_type(Level), server_default="account")
    parent_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    assignee_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    custom_fields: Mapped[dict[str, Any]] = mapped_column(Json, server_default=sa.text("'{}'"))
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    # None of those who have been in the first state ever since they were created.
    state_since_at: Mapped[datetime | None] = mapped_column(Instant)
    activated_at: Mapped[datetime | None] = mapped_column(Instant)
    churned_at: Mapped[datetime | None] = mapped_column(Instant)
    # The person asked to be forgotten: nobody is behind this number any more.
    erased_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def is_own(self) -> bool:
        """Whether somebody of its own is behind it: it was neither merged nor erased."""
        return self.merged_into_id is None and self.erased_at is None

    def require_own(self) -> None:
        """Refuse to go on with one that is part of another, or that was erased.

        Raises:
            CustomerMergedError: it was merged; the details name the customer that was kept.
            CustomerErasedError: the person was forgotten.
        """
        if self.erased_at is not None:
            raise CustomerErasedError(self.id)
        if self.merged_into_id is not None:
            raise CustomerMergedError(self.id, self.merged_into_id)

    def move(self, end: CustomerState, reason: Reason, now: datetime) -> CustomerState:
        """Bring the customer into state `end`; the state before.

        The first day as an active customer stays; the day of leaving is the latest.

        Raises:
            IllegalMoveError: it does not follow on the present one.
            UnfitReasonError: the reason makes no sense for it.
        """
        start = self.state
        reasons = LEGAL_MOVES.get((start, end))
        if reasons is None:
            raise IllegalMoveError(start, end)
        if reason not in reasons:
            raise UnfitReasonError(reason, reasons)
        self.state, self.state_reason, self.state_since_at = end, reason, now
        if end is CustomerState.ACTIVE and self.activated_at is None:
            self.activated_at = now
        elif end is CustomerState.CHURNED:
            self.churned_at = now
        self.changed(now)
        return start

    def changed(self, now: datetime) -> None:
        """Count a change."""
        self.version += 1
        self.updated_at = now

    def profile(self, address: Address | None) -> CustomerProfile:
        """All that is known of the customer, whose postal address this is."""
        postal = None if address is None else address.postal
        return CustomerProfile(
            id=self.id,
            number=self.number,
            name=self.name,
            kind=self.kind,
            email=self.email,
            phone=self.phone,
            state=self.state,
            state_reason=self.state_reason,
            tags=tuple(self.tags),
            external_id=self.external_id,
            notes=self.notes,
            currency=self.currency,
            time_zone=self.time_zone,
            address=postal,
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
            given_name=self.given_name,
            family_name=self.family_name,
            company_name=self.company_name,
            tax_id=self.tax_id,
            registration_number=self.registration_number,
            language=self.language,
            level=self.level,
            parent_id=self.parent_id,
            assignee_id=self.assignee_id,
            custom_fields=self.custom_fields,
            merged_into_id=self.merged_into_id,
            activated_at=self.activated_at,
            churned_at=self.churned_at,
            erased_at=self.erased_at,
        )


class StateChange(TenantOwned, CustomersBase):
    """A move of a customer from one state to another, and how long it was in the first.

    Append-only. `since_at` is when the customer came into the state that it left at `at`.
    """

    __tablename__ = "state_changes"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "id"),
        tenant_index("at"),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    from_state: Mapped[CustomerState] = mapped_column(enum_type(CustomerState))
    to_state: Mapped[CustomerState] = mapped_column(enum_type(CustomerState))
    reason: Mapped[Reason] = mapped_column(enum_type(Reason))
    note: Mapped[str | None] = mapped_column(sa.Text())
    actor: Mapped[str] = mapped_column(sa.Text())
    since_at: Mapped[datetime] = mapped_column(Instant)
    at: Mapped[datetime] = mapped_column(Instant)


class Address(TenantOwned, CustomersBase):
    """An address of a customer: many of each kind, one of which is the primary one.

    The primary mailing address is the one that the profile shows. Coordinates are decimal degrees
    (WGS 84). `verified_at` is when somebody made sure that the address is right as it stands.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "kind", name="ix_addresses_customer"),
        tenant_index(
            "customer_id", "kind", name="uq_addresses_primary", where="is_primary", unique=True
        ),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    kind: Mapped[str] = mapped_column(sa.String(40))
    line1: Mapped[str] = mapped_column(sa.Text())
    line2: Mapped[str | None] = mapped_column(sa.Text())
    city: Mapped[str] = mapped_column(sa.Text())
    region: Mapped[str | None] = mapped_column(sa.Text())
    postal_code: Mapped[str | None] = mapped_column(sa.Text())
    country: Mapped[str] = mapped_column(sa.String(2))
    label: Mapped[str | None] = mapped_column(sa.Text())
    is_primary: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.true())
    latitude: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer(), server_default=sa.text("1"))

    @property
    def postal(self) -> PostalAddress:
        """The same as it stands on an envelope."""
        return PostalAddress(**{field: getattr(self, field) for field in FIELDS_OF_ADDRESS})

    def move_to(self, wanted: PostalAddress) -> None:
        """Let it be another place; what was known of the old one is forgotten."""
        for field in FIELDS_OF_ADDRESS:
            setattr(self, field, getattr(wanted, field))
        self.latitude = self.longitude = self.verified_at = None
        self.version += 1


class SearchTerm(CustomersBase):
    """A word or a tag by which a customer is found: an index, kept by hand.

    It has neither an identifier nor a foreign key, because it says nothing that the customer's own
    row does not say, and a check for each word would double the time of a bulk import.
    """

    __tablename__ = "search_terms"

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, server_default=sa.text("core.current_tenant()")
    )
    kind: Mapped[int] = mapped_column(sa.SmallInteger(), primary_key=True, autoincrement=False)
    term: Mapped[str] = mapped_column(FoldedText, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)


class Counter(CustomersBase):
    """How many customers the tenant has, and the serial of the next number.

    Customers are never deleted, so counting them is one addition where a number is drawn anyway;
    counting rows would read the whole tenant for every page of a list.
    """

    __tablename__ = "counters"

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, server_default=sa.text("core.current_tenant()")
    )
    next_serial: Mapped[int] = mapped_column(sa.BigInteger())
    total: Mapped[int] = mapped_column(sa.BigInteger())
