"""Facts about contacts and contact methods."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _OfContact(Event):
    customer_id: UUID
    contact_id: UUID
    roles: tuple[str, ...] = ()


class ContactAdded(_OfContact):
    """A customer has one more person to turn to."""

    name: ClassVar[str] = "customers.contact_added"


class ContactChanged(_OfContact):
    """What is known of a contact has changed."""

    name: ClassVar[str] = "customers.contact_changed"

    changed: tuple[str, ...] = ()


class ContactRemoved(_OfContact):
    """A contact is gone."""

    name: ClassVar[str] = "customers.contact_removed"


class _OfMethod(Event):
    customer_id: UUID
    method_id: UUID
    kind: str
    contact_id: UUID | None = None


class ContactMethodAdded(_OfMethod):
    """There is one more way to reach a customer, or one of its contacts."""

    name: ClassVar[str] = "customers.contact_method_added"


class ContactMethodChanged(_OfMethod):
    """A way to reach somebody leads elsewhere, has another label, or became the primary one."""

    name: ClassVar[str] = "customers.contact_method_changed"

    changed: tuple[str, ...] = ()


class ContactMethodRemoved(_OfMethod):
    """A way to reach somebody is gone."""

    name: ClassVar[str] = "customers.contact_method_removed"
