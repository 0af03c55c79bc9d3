"""Facts about exports of tenants."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class TenantExported(Event):
    """All of a tenant's data lies ready as a file."""

    name: ClassVar[str] = "identity.tenant_exported"

    export_id: UUID
    size: int
