"""Facts about addresses."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _OfAddress(Event):
    customer_id: UUID
    address_id: UUID
    kind: str
    is_primary: bool


class AddressAdded(_OfAddress):
    """A customer has one more address."""

    name: ClassVar[str] = "customers.address_added"


class AddressChanged(_OfAddress):
    """An address is another place, has another label, or became the primary one of its kind."""

    name: ClassVar[str] = "customers.address_changed"

    changed: tuple[str, ...] = ()


class AddressRemoved(_OfAddress):
    """An address is gone; if it was primary, the oldest other one of its kind is now."""

    name: ClassVar[str] = "customers.address_removed"
