"""Facts about tenants."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class TenantCreated(Event):
    """A tenant exists; other modules open what it needs, such as the settings of billing."""

    name: ClassVar[str] = "identity.tenant_created"

    tenant_id: UUID
    slug: str
    tenant_name: str
    kind: str
    currency: str
    time_zone: str
    country: str


class TenantChanged(Event):
    """The profile of a tenant has changed; the fields hold what is true now."""

    name: ClassVar[str] = "identity.tenant_changed"

    tenant_id: UUID
    tenant_name: str
    time_zone: str
    country: str
