"""HTTP shapes of exports of a tenant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dotmac_core_ops.http import ResponseModel
from dotmac_identity.tenant_exports.models import ExportState


class TenantExportOut(ResponseModel):
    """An export of all data; `size` in bytes and `rows` once it is done."""

    id: UUID
    state: ExportState
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None
    size: int | None
    rows: int | None
    problem: str | None


class ExportLinkOut(ResponseModel):
    """Where an export can be fetched without further credentials, until then."""

    path: str
    expires_at: datetime
