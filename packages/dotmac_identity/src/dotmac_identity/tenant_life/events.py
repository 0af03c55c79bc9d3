"""Facts about the life of a tenant."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class TenantMoved(Event):
    """A tenant is in another state. Announced to the tenant itself."""

    name: ClassVar[str] = "identity.tenant_moved"

    tenant_id: UUID
    start: str
    end: str
    reason: str
