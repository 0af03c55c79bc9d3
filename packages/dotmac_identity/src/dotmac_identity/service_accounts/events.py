"""Facts about service accounts."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class ServiceAccountCreated(Event):
    """A program has rights of its own."""

    name: ClassVar[str] = "identity.service_account_created"

    service_account_id: UUID
    account_name: str
    roles: tuple[str, ...]


class ServiceAccountRolesChanged(Event):
    """What a program may do has changed."""

    name: ClassVar[str] = "identity.service_account_roles_changed"

    service_account_id: UUID
    roles: tuple[str, ...]


class ServiceAccountDeactivated(Event):
    """None of the keys of a service account is good any more."""

    name: ClassVar[str] = "identity.service_account_deactivated"

    service_account_id: UUID


class ServiceAccountActivated(Event):
    """The keys of a service account are good again."""

    name: ClassVar[str] = "identity.service_account_activated"

    service_account_id: UUID
