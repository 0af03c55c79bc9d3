"""A user as other modules see one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dotmac_identity.account_kinds import AccountKind


@dataclass(frozen=True)
class PortalAccess:
    """Whose data somebody in the portal may see, and which parts (names begin with `portal:`)."""

    customer_id: UUID
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class UserAccount:
    """A person who may sign in to the tenant; `roles` are names, in order of the alphabet.

    A customer in the portal has a `customer_id` and `portal_permissions`, and no roles. Without a
    `time_zone` the tenant's holds.
    """

    id: UUID
    email: str
    name: str
    is_active: bool
    roles: tuple[str, ...]
    created_at: datetime
    last_sign_in_at: datetime | None
    kind: AccountKind = AccountKind.STAFF
    customer_id: UUID | None = None
    portal_permissions: tuple[str, ...] = ()
    locale: str = "en"
    time_zone: str | None = None
