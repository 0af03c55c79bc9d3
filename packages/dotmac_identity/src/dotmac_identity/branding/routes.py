"""HTTP verbs of branding."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from starlette.responses import StreamingResponse

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.files import file_store
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.branding.schemas import BrandingChangeIn, BrandingOut
from dotmac_identity.branding.service import BrandImage, BrandingService

router = APIRouter(tags=["Tenant"])

Writer = Annotated[Principal, Depends(requires("tenant:write"))]

_CHUNK_BYTES = 64 * 1024


@router.get("/tenant/branding", response_model=Envelope[BrandingOut], summary="Read the branding")
async def read_branding(
    tx: Tx, response: Response, _: Annotated[Principal, Depends(requires("tenant:read"))]
) -> dict[str, object]:
    """How the organisation looks to its customers."""
    branding = await BrandingService(tx).branding()
    response.headers["etag"] = etag_of(branding.version)
    return enveloped(branding)


@router.patch(
    "/tenant/branding", response_model=Envelope[BrandingOut], summary="Change the branding"
)
async def change_branding(
    body: BrandingChangeIn, tx: Tx, request: Request, response: Response, _: Writer
) -> dict[str, object]:
    """Change name, colours and texts; needs `If-Match`. Colours must be readable on white."""
    branding = await BrandingService(tx).change(
        body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(branding.version)
    return enveloped(branding)


@router.put(
    "/tenant/branding/{image}", response_model=Envelope[BrandingOut], summary="Upload an image"
)
async def put_image(image: BrandImage, file: UploadFile, tx: Tx, _: Writer) -> dict[str, object]:
    """The logo or the favicon: a PNG, JPEG, WebP or GIF of up to a megabyte, by its content."""
    branding = await BrandingService(tx).put_image(
        image,
        file_store(),
        _chunks(file),
        name=file.filename or image.value,
        media_type=file.content_type or "",
    )
    return enveloped(branding)


@router.get(
    "/branding/{tenant_id}/{image}",
    response_class=StreamingResponse,
    summary="Fetch an image",
    responses={200: {"content": {"image/png": {}}, "description": "The image."}},
)
async def fetch_image(tenant_id: UUID, image: BrandImage, database: Db) -> StreamingResponse:
    """The logo or the favicon, for messages and for pages before anybody has signed in."""
    async with database.transaction(tenant_id) as session:
        stored = await BrandingService(session).image(image)
    chunks = file_store().open(tenant_id, stored.id, sha256=stored.sha256)
    headers = {"cache-control": "public, max-age=300", "content-length": str(stored.size)}
    return StreamingResponse(chunks, media_type=stored.media_type, headers=headers)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk
