"""Facts about customers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event
from dotmac_customers.profiles.states import CustomerState


class CustomerCreated(Event):
    """There is a new customer; all that billing needs to open an account is here."""

    name: ClassVar[str] = "customers.customer_created"

    customer_id: UUID
    number: str
    customer_name: str
    kind: str
    state: str
    email: str | None = None
    external_id: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    country: str | None = None


class CustomerChanged(Event):
    """What is known of a customer has changed; the fields hold what is true now."""

    name: ClassVar[str] = "customers.customer_changed"

    customer_id: UUID
    number: str
    customer_name: str
    kind: str
    email: str | None = None
    external_id: str | None = None
    time_zone: str | None = None
    country: str | None = None
    changed: tuple[str, ...] = ()


class _CustomerMoved(Event):
    customer_id: UUID
    previous: str
    reason: str


class CustomerQualified(_CustomerMoved):
    """A lead is worth an offer: it is a prospect now."""

    name: ClassVar[str] = "customers.customer_qualified"


class CustomerActivated(_CustomerMoved):
    """A prospect signed, or a suspended or churned customer is back."""

    name: ClassVar[str] = "customers.customer_activated"


class CustomerSuspended(_CustomerMoved):
    """A customer gets no service for the time being."""

    name: ClassVar[str] = "customers.customer_suspended"


class CustomerChurned(_CustomerMoved):
    """A customer has left."""

    name: ClassVar[str] = "customers.customer_churned"


_MOVED: Mapping[CustomerState, type[_CustomerMoved]] = MappingProxyType(
    {
        CustomerState.PROSPECT: CustomerQualified,
        CustomerState.ACTIVE: CustomerActivated,
        CustomerState.SUSPENDED: CustomerSuspended,
        CustomerState.CHURNED: CustomerChurned,
    }
)


def moved_event(state: CustomerState) -> type[_CustomerMoved]:
    """The fact that a customer came into `state`; nobody becomes a lead again."""
    return _MOVED[state]
