"""Refusals about exports of a tenant."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class TenantExportNotFoundError(NotFoundError):
    """The tenant has asked for no such export."""

    code = "TENANT_EXPORT_NOT_FOUND"

    def __init__(self, export_id: UUID) -> None:
        super().__init__("There is no such export.", export_id=str(export_id))


class TenantExportNotReadyError(ConflictError):
    """The export is still being made, or could not be; look at its state."""

    code = "TENANT_EXPORT_NOT_READY"

    def __init__(self, state: str) -> None:
        super().__init__("The export is not there.", state=state)
