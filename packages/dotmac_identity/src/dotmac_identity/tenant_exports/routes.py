"""HTTP verbs of exports of a tenant."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import StreamingResponse

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.files import file_store
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_core_ops.signed_link import require_link
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.tenant_exports.schemas import ExportLinkOut, TenantExportOut
from dotmac_identity.tenant_exports.service import LINK, TenantExportService

router = APIRouter(tags=["Tenant"])

Exporter = Annotated[Principal, Depends(requires("tenant:export"))]


@router.post(
    "/tenant/exports",
    response_model=Envelope[TenantExportOut],
    status_code=202,
    summary="Export one's own tenant",
)
@stays_open(TenantState.READ_ONLY)
async def request_export(tx: Tx, _: Exporter) -> dict[str, object]:
    """Have everything written into one zip: NDJSON for each table, all files, a manifest."""
    return enveloped(await TenantExportService.within(tx).request())


@router.get("/tenant/exports", response_model=Listing[TenantExportOut], summary="List exports")
async def list_exports(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Exporter
) -> dict[str, object]:
    """The exports that were asked for, newest first."""
    exports, total = await TenantExportService.within(tx).page(
        offset=page.offset, limit=page.per_page
    )
    return listing(exports, page, total)


@router.get(
    "/tenant/exports/{export_id}",
    response_model=Envelope[TenantExportOut],
    summary="Read an export",
)
async def read_export(export_id: UUID, tx: Tx, _: Exporter) -> dict[str, object]:
    """How far an export has come."""
    return enveloped(await TenantExportService.within(tx).by_id(export_id))


@router.post(
    "/tenant/exports/{export_id}/link",
    response_model=Envelope[ExportLinkOut],
    summary="Get a link to an export",
)
@stays_open(TenantState.READ_ONLY)
async def link_export(
    export_id: UUID, tx: Tx, principal: Exporter, request: Request
) -> dict[str, object]:
    """A link that fetches the archive without further credentials, for five minutes."""
    key: str = request.app.state.settings.secret_key.get_secret_value()
    link = await TenantExportService.within(tx).link(export_id, key)
    path = f"/api/v1/tenant-exports/{principal.tenant_id}/{export_id}/{link.signature}"
    return enveloped({"path": path, "expires_at": link.expires_at})


@router.get(
    "/tenant-exports/{tenant_id}/{export_id}/{signature}",
    response_class=StreamingResponse,
    summary="Fetch an export",
    responses={200: {"content": {"application/zip": {}}, "description": "The archive."}},
)
async def fetch_export(
    tenant_id: UUID,
    export_id: UUID,
    signature: Annotated[str, Path(max_length=200)],
    database: Db,
    request: Request,
) -> StreamingResponse:
    """The archive behind a link that was asked for; the link itself says who may."""
    require_link(
        signature,
        key=request.app.state.settings.secret_key.get_secret_value(),
        purpose=LINK,
        tenant_id=tenant_id,
        thing_id=export_id,
        now=database.clock.now(),
    )
    async with database.transaction(tenant_id) as session:
        stored = await TenantExportService.within(session).file_of(export_id)
    chunks = file_store().open(tenant_id, stored.id, sha256=stored.sha256)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(stored.name)}",
        "content-length": str(stored.size),
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)
